"""Makes .venv with the client in it, as development and its tests need it. Quick when it is there already."""

import hashlib
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
VENV = FOLDER / ".venv"
STAMP = VENV / "built-from"


def main() -> None:
    """An editable install has the sources by their path: only what it depends on can make it stale."""
    inputs = [FOLDER / name for name in ("pyproject.toml", "hatch_build.py", "constraints.txt")]
    built_from = hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs) + sys.version.encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == built_from:
        return
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", "constraints.txt", "--editable", ".[dev]"], cwd=FOLDER, check=True)
    STAMP.write_text(built_from)


if __name__ == "__main__":
    main()
