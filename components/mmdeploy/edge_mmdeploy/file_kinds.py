"""What a file is that is not a checkpoint, by its first bytes or by the names in its zip."""

import zipfile
from collections.abc import Sequence

#: First bytes, what they are of, and what to do.
SIGNATURES: Sequence[tuple[bytes, str, str]] = (
    (b"\x1f\x8b", "a gzip file", "Unpack it before the upload: gunzip, or tar xzf."),
    (b"\xfd7zXZ", "an xz file", "Unpack it before the upload: unxz."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it before the upload."),
    (b"Rar!", "a RAR archive", "Unpack it before the upload."),
    (b"\x89HDF", "an HDF5 file, as written by Keras", "This engine reads files written by torch.save."),
)
PAGE = "a page of a web server, such as a sign-in page or an error"
PAGE_NEXT = "Open the address in a browser, download the file itself, and upload it."
ONNX = "an ONNX model"
ONNX_NEXT = "Upload the checkpoint that training wrote: an exported model has no source model to compare with."
SAFETENSORS = "a safetensors file"
SAFETENSORS_NEXT = "Save its tensors with `torch.save({'state_dict': safetensors.torch.load_file(FILE)}, 'model.pth')`."
TORCHSCRIPT = "a TorchScript archive, which contains a traced program"
TORCHSCRIPT_NEXT = "Upload the checkpoint that training wrote (epoch_N.pth), not the output of torch.jit.save."
PICKLE = "a pickle that was not written by torch.save"
PICKLE_NEXT = "Save it with `torch.save({'state_dict': model.state_dict()}, 'model.pth')` in the training environment."
#: The number that torch.save wrote first before it wrote zip archives, as pickle writes it.
MAGIC = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"


def kind_of(head: bytes) -> tuple[str, str] | None:
    """What a file is, and what to do next; None where nothing is known of it. head: its first 64 bytes."""
    for start, kind, step in SIGNATURES:
        if head.startswith(start):
            return kind, step
    if head.startswith(b"\x80"):
        return None if MAGIC in head else (PICKLE, PICKLE_NEXT)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] in (b"<", b"{"):
        return PAGE, PAGE_NEXT
    if len(head) > 9 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 1 << 32:
        return SAFETENSORS, SAFETENSORS_NEXT
    # ir_version, then a field of two to eight.
    return (ONNX, ONNX_NEXT) if head[:1] == b"\x08" and head[2:3] in (b"\x12", b"\x1a", b":", b"B") else None


def kind_of_zip(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    """None where torch.save wrote it."""
    names = archive.namelist()
    if any("/code/" in name for name in names):
        return TORCHSCRIPT, TORCHSCRIPT_NEXT
    if any(name.endswith("/data.pkl") for name in names):
        return None
    held = ", ".join(names[:3]) or "nothing"
    return f"a zip archive that was not written by torch.save (it contains {held})", "Unpack it before the upload."
