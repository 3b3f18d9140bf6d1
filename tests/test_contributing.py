"""The contributor's guide and what else lies in `.github`: what they name is there."""

from __future__ import annotations

import ast
import re
import tomllib

from tests.written import ROOT, commands, links
from tui_backprop.cli.main import main

GITHUB = ROOT / ".github"
GUIDE = (GITHUB / "CONTRIBUTING.md").read_text(encoding="utf-8")

WINDOWS_LACKS = {
    "os": {
        "fork", "forkpty", "setsid", "setpgid", "getpgid", "getpgrp", "killpg", "getuid", "geteuid", "getgid", "mkfifo",
        "mknod", "nice", "sched_getaffinity", "chown", "fchown", "lchown", "chroot", "wait", "wait3", "wait4", "waitid",
        "WNOHANG", "WIFSIGNALED", "WIFEXITED", "WTERMSIG", "WEXITSTATUS", "posix_spawn", "uname", "pread", "pwrite",
        "openpty", "ttyname", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "set_blocking", "fchmod",
    },
    "signal": {
        "SIGKILL", "SIGCHLD", "SIGHUP", "SIGTSTP", "SIGSTOP", "SIGCONT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGPIPE",
        "SIGALRM", "alarm", "setitimer", "pause", "sigwait", "pthread_kill", "pthread_sigmask", "siginterrupt",
    },
    "fcntl": set(), "resource": set(), "termios": set(), "tty": set(), "pty": set(), "pwd": set(), "grp": set(),
}  # fmt: skip
"""By module what only POSIX has, in some Python from 3.11 on; of a module without names, the whole of it."""


def only_posix_has(source):
    """What a source uses that Windows lacks, as `os.fork` or `fcntl`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in WINDOWS_LACKS.get(module, ()):
                found.add(f"{module}.{name}")
            case ast.Import(names=names):
                found |= {one.name for one in names if WINDOWS_LACKS.get(one.name) == set()}
            case ast.ImportFrom(module=module, names=names) if module in WINDOWS_LACKS:
                lacks = WINDOWS_LACKS[module]
                found |= {f"{module}.{one.name}" for one in names if one.name in lacks} if lacks else {module}
    return found


def quoted(text):
    """What stands between backticks outside code blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def paths(text):
    """The files and folders that a text names."""
    return [name for name in quoted(text) if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", name) and "/" in name]


def test_every_file_that_the_guide_names_is_there():
    """A file that is moved takes its name in the guide along."""
    assert len(paths(GUIDE)) > 10
    assert [name for name in paths(GUIDE) if not (ROOT / name).exists()] == []
    assert [target for target in links(GUIDE) if not (GITHUB / target).exists()] == []


def test_every_name_that_the_guide_gives_beside_a_file_is_in_that_file():
    """In each step, names of code between backticks are in one of the files that the step names."""
    missing = []
    for item in re.split(r"\n(?=\d+\. |- |\n)", GUIDE):
        files = [ROOT / name for name in paths(item) if (ROOT / name).is_file()]
        text = "".join(file.read_text(encoding="utf-8") for file in files)
        names = [name for name in quoted(item) if re.fullmatch(r"_?[A-Z][A-Za-z_]+|[a-z]+_[a-z_]+", name)]
        missing += [name for name in names if files and name not in text]
    assert missing == []


def test_the_guide_lists_every_room():
    """Each folder of the package, in the order of the imports."""
    listed = re.findall(r"^\| `tui_backprop/(\w+)/` \|", GUIDE, re.MULTILINE)
    folders = {folder.parent.name for folder in ROOT.glob("tui_backprop/*/*") if not folder.parent.name.startswith("_")}
    assert set(listed) == folders


def test_the_guide_lists_what_only_posix_has():
    """A new call of that kind needs a guard and a line in the list."""
    used = {name for file in ROOT.glob("tui_backprop/**/*.py") for name in only_posix_has(file.read_text("utf-8"))}
    assert "os.sched_getaffinity" in used
    assert used <= set(quoted(GUIDE))


def test_what_only_posix_has_is_found():
    """However it is imported; what Windows has as well is passed over."""
    source = "import os, fcntl\nfrom signal import SIGKILL, SIGINT\nos.fork()\nos.getpid()\n"
    assert only_posix_has(source) == {"fcntl", "signal.SIGKILL", "os.fork"}


def test_a_bug_report_asks_for_versions_recipe_and_terminal():
    """All three must be filled in, and the command that it names works."""
    form = (GITHUB / "ISSUE_TEMPLATE" / "bug.yml").read_text(encoding="utf-8")
    parts = {re.search(r"id: (\w+)", part)[1]: part for part in form.split("  - type: ")[1:]}
    for name in ("version", "terminal", "recipe"):
        assert "required: true" in parts[name]
    assert commands(form) == ["tui-backprop --version --verbose"]
    assert main(["--version", "--verbose"]) == 0


def test_the_workflow_tries_every_python_that_the_package_says_it_runs_on():
    """On three systems."""
    workflow = (GITHUB / "workflows" / "test.yml").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    assert re.findall(r"3\.\d+", re.search(r"python: \[(.*)\]", workflow)[1]) == named
    assert re.search(r"os: \[(.*)\]", workflow)[1] == "ubuntu-latest, macos-latest, windows-latest"


def test_pre_commit_checks_what_the_gate_checks():
    """Lint, format and the import contract, by the same commands."""
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in ("ruff check", "ruff format", "lint-imports"):
        assert f"entry: {command}" in hooks
        assert command in gate.replace('"', "")
