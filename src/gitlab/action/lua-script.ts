/**
 * The script of the action's form `lua`. It runs in lakeFS after the commit is made, so it refuses nothing. Each way out
 * prints one line, which lakeFS keeps with the run; a failure names GitLab's status.
 */
export const LUA_SCRIPT = `local http = require("net/http")
local json = require("encoding/json")
local lakefs = require("lakefs")
local regexp = require("regexp")
local strings = require("strings")
local time = require("time")

local branch = action.branch_id

-- Publications and landings start nothing, nor do the hidden branches that they are made on.
for key in pairs(action.commit.metadata) do
  if strings.has_prefix(key, "model-to-edge.") then
    print("nothing to start: a commit of model-to-edge itself")
    return
  end
end
if regexp.match("^(mte-draft-|fork-[0-9]+--)", branch) then
  print("nothing to start: " .. branch .. " belongs to no branch of this project")
  return
end

-- Of commits in quick succession the last one starts the pipeline, which takes them all.
time.sleep(args.quiet_seconds * 1000000000)
local status, newer = lakefs.diff_refs(action.repository_id, action.commit_id, branch, "", args.models)
if status == 404 then
  print("nothing to start: the branch is gone")
  return
end
if status == 200 and #newer.results > 0 then
  print("nothing to start: a newer commit of the branch does it")
  return
end

-- Git's name of the branch: a "/" became "--" in the data branch's.
local refs = { strings.replace(branch, "--", "/", -1) }
if refs[1] ~= branch then
  refs[2] = branch
end
-- A name that lakeFS does not take got a hash: the pipeline of the default branch looks it up.
if regexp.match("-[0-9a-f]{8}$", branch) then
  refs[#refs + 1] = args.default_branch
end

for _, ref in ipairs(refs) do
  local code, body = http.request({
    url = args.url,
    method = "POST",
    headers = { ["Content-Type"] = "application/json" },
    body = json.marshal({
      token = args.token,
      ref = ref,
      variables = { MODEL_TO_EDGE_MODEL_BRANCH = branch },
    }),
  })
  print("GitLab for the Git branch " .. ref .. ": HTTP " .. code)
  if code == 201 then
    print(json.unmarshal(body).web_url)
    return
  end
  if code ~= 400 or not strings.contains(body, "Reference not found") then
    error("GitLab answered HTTP " .. code .. ": " .. string.sub(body, 1, 300))
  end
end
print("nothing to start: no Git branch belongs to " .. branch)
`;
