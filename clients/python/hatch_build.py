"""Takes the generated stubs along, which lie outside of this folder in a clone and inside of it in an sdist."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STUBS_OF_CLONE = Path("../../gen/python/agentbus/v1")
STUBS_OF_SDIST = Path("src/agentbus/v1")


class StubsHook(BuildHookInterface):
    """Adds `agentbus.v1` to wheels and sdists; an editable install finds it by its path."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a wheel or an sdist is built."""
        root = Path(self.root)
        if version == "editable" or (root / STUBS_OF_SDIST).is_dir():
            return
        stubs = (root / STUBS_OF_CLONE).resolve()
        if not stubs.is_dir():
            raise FileNotFoundError(f"the generated stubs are not at {stubs}: build from a clone or from an sdist")
        target = STUBS_OF_SDIST if self.target_name == "sdist" else Path("agentbus/v1")
        build_data["force_include"][str(stubs)] = str(target)
