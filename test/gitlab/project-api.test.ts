import { expect, it } from "vitest";
import { projectApi } from "../../src/gitlab/action/project-api.ts";

const API = "https://git.test/api/v4/projects";

it.each([
  ["https://git.test/api/v4/projects/7", `${API}/7`],
  ["https://git.test/api/v4/projects/a%2Fb/", `${API}/a%2Fb`],
  [
    "https://git.test/sub/api/v4/projects/7",
    "https://git.test/sub/api/v4/projects/7",
  ],
  ["https://git.test/acme/vision", `${API}/acme%2Fvision`],
  ["https://git.test/acme/ml/vision.git", `${API}/acme%2Fml%2Fvision`],
  ["https://git.test/acme/vision/-/pipelines/9", `${API}/acme%2Fvision`],
  [
    "https://oauth2:glpat-secret@git.test/acme/vision.git",
    `${API}/acme%2Fvision`,
  ],
  [
    "http://127.0.0.1:8080/acme/vision",
    "http://127.0.0.1:8080/api/v4/projects/acme%2Fvision",
  ],
  ["git@git.test:acme/ml/vision.git", `${API}/acme%2Fml%2Fvision`],
  ["ssh://git@git.test:2222/acme/vision.git", `${API}/acme%2Fvision`],
  ["ssh://git@git.test/acme/vision.git", `${API}/acme%2Fvision`],
  ["/srv/git/vision.git", null],
  ["file:///srv/git/vision.git", null],
  ["vision", null],
  ["https://git.test", null],
  ["https://git.test/vision", null],
  ["", null],
])("the API's address of the project %s", (text, address) => {
  expect(projectApi(text)).toBe(address);
});
