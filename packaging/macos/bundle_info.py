"""What the bundle says of itself to macOS, besides what PyInstaller writes: the Info.plist."""

from __future__ import annotations

from typing import Any

IDENTIFIER = "org.nvmeviz.nvmeviz"
RECORDING = f"{IDENTIFIER}.recording"
SUFFIX = "nvmeviz"


def info(version: str, oldest_system: str) -> dict[str, Any]:
    """The keys. oldest_system: the oldest macOS it runs on, "13.0"."""
    return {
        "CFBundleVersion": version,
        "LSMinimumSystemVersion": oldest_system,
        "LSApplicationCategoryType": "public.app-category.education",
        "NSHighResolutionCapable": True,
        # Light and dark: the program asks which.
        "NSRequiresAquaSystemAppearance": False,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "nvmeviz recording",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [RECORDING],
            }
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": RECORDING,
                "UTTypeDescription": "nvmeviz recording",
                # Not of public.zip-archive: then an archive program offers to unpack it.
                "UTTypeConformsTo": ["public.data"],
                "UTTypeTagSpecification": {"public.filename-extension": [SUFFIX]},
            }
        ],
    }
