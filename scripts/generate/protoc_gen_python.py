"""A protoc plugin that generates Python: messages, their types, and gRPC stubs.

grpcio-tools has the three generators only behind its own protoc, which buf cannot call for stubs. So this passes
on what buf hands to a plugin: the descriptors in, the files out.
"""

import pathlib
import sys
import tempfile

from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc


def main() -> None:
    request = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    response = plugin_pb2.CodeGeneratorResponse(
        supported_features=plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
    )
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        image = root / "image.binpb"
        image.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
        out = root / "out"
        out.mkdir()
        arguments = [
            "protoc",
            f"--descriptor_set_in={image}",
            *(f"--{kind}_out={out}" for kind in ("python", "pyi", "grpc_python")),
            *request.file_to_generate,
        ]
        if protoc.main(arguments) != 0:
            response.error = "protoc failed"
        for path in sorted(out.rglob("*.py*")):
            # Files without a service have stubs without content.
            if path.name.endswith("_pb2_grpc.py") and "class " not in path.read_text():
                continue
            response.file.add(name=path.relative_to(out).as_posix(), content=path.read_text())
    sys.stdout.buffer.write(response.SerializeToString())


main()
