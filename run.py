"""Set up and start followup_analysis: ``python3 run.py report``, ``lab`` or ``test``.

Only the standard library, and only syntax that Python 3.6 can read: whoever starts this with an
old Python gets a sentence, not a traceback. The stamp in .venv is written last, so that whatever
was interrupted before is made anew by the next run.
"""

import difflib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)
TRIED = ("3.13", "3.12", "3.11")
WINDOWS = os.name == "nt"
ME = "py run.py" if WINDOWS else "python3 run.py"

USAGE = """\
{me} report [LOG]   run the notebooks and write reports/index.html
{me} lab [LOG]      open the notebooks in JupyterLab
{me} test           run the tests

LOG is your own file, CSV or Excel; without it you see the sample log. If its dates can be read
both ways, you are asked. The answer stands after LOG: --day-first where 3/4/2026 is 3 April,
--month-first where it is March 4. The first run makes .venv, which takes some minutes; later
runs start at once. What follows "test" goes to pytest; what else follows "lab" and begins with
"-" goes to JupyterLab.""".format(me=ME)

# How the dates of the log are written, as the notebooks are told it.
ORDERS = {"--day-first": "yes", "--month-first": "no"}

# The first notebook must open without a pop-up, and nothing may be fetched from the network.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
    "@jupyterlab/extensionmanager-extension:plugin": {"enabled": False},
}
LAB_OPTIONS = [
    "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
    "--ServerApp.ip=127.0.0.1",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--KernelManager.transport_encryption=auto",
]


class Stop(Exception):
    """What keeps us from going on, and what to do about it."""


def main(words):
    try:
        check_python(sys.version_info)
        return start(words)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again: it mends what is half done.", file=sys.stderr)
        return 130


def check_python(version, which=shutil.which):
    if tuple(version[:2]) >= OLDEST:
        return
    newer = [name for name in TRIED if which("python" + name)]
    if newer:
        remedy = "You have a newer one: python%s run.py" % newer[0]
    elif WINDOWS:
        remedy = "Install Python 3.13 from python.org, then: py -3.13 run.py"
    else:
        remedy = (
            "Install Python 3.13 (from python.org, with Homebrew, or with your system's package "
            "manager), then: python3.13 run.py"
        )
    raise Stop(
        "This is Python %d.%d, which is too old: %d.%d or newer is needed. %s"
        % (tuple(version[:2]) + OLDEST + (remedy,))
    )


def start(words):
    if not words or words[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0
    command, words = words[0], words[1:]
    if command not in ("report", "lab", "test"):
        raise Stop(unknown(command))
    if command == "test":
        prepare()
        return hand_over(["-m", "pytest"] + (words or ["-n", "auto"]))  # all: on all processors
    options, orders, names = sort_words(words)
    environment = log_environment(names, orders)
    if command == "report" and options:
        raise Stop(
            "report has no option %s. Its use is: %s report [LOG] [--day-first or --month-first]"
            % (options[0], ME)
        )
    prepare()
    return hand_over(lab(options) if command == "lab" else report(), environment)


def sort_words(words):
    """Tell options, orders of dates and names of logs apart; after --port, 8941 is no log."""
    options, orders, names = [], [], []
    for word in words:
        if word in ORDERS:
            orders.append(word)
        elif word.startswith("-") or (options and word.isdigit()):
            options.append(word)
        else:
            names.append(word)
    return options, orders, names


def unknown(command):
    if os.path.isfile(command):
        hint = "To read a log, say what to do with it: %s report %s" % (ME, command)
    else:
        close = difflib.get_close_matches(command.lower(), ["report", "lab", "test"], n=1)
        hint = "Did you mean %r?" % close[0] if close else "There are these:"
    return "There is no command %r. %s\n\n%s" % (command, hint, USAGE)


def log_environment(names, orders):
    """Return what tells the notebooks which log to read, and how its dates are written.

    A log that is not there ends the run.
    """
    if len(names) > 1:
        raise Stop(
            "One log at a time, please: %s. A name with spaces needs quotes." % ", ".join(names)
        )
    if len(set(orders)) > 1:
        raise Stop("Either the day stands first or the month: say one of %s." % ", ".join(ORDERS))
    environment = {"FOLLOWUP_LOG": find_log(names[0])} if names else {}
    if orders:
        environment["FOLLOWUP_DAYFIRST"] = ORDERS[orders[0]]
    return environment


def find_log(name):
    path = os.path.abspath(os.path.expanduser(name))
    if os.path.isfile(path):
        return path
    if os.path.isdir(path):
        if os.path.isfile(os.path.join(path, "applications.csv")):  # as fa.write_log makes it
            return path
        raise Stop("%s is a folder. Name the file in it that holds your log." % path)
    folder, file = os.path.split(path)
    if not os.path.isdir(folder):
        raise Stop("There is no folder %s, so no log could be read from it." % folder)
    close = difflib.get_close_matches(file, os.listdir(folder), n=1)
    hint = "Did you mean %s?" % close[0] if close else "Check its name and where it is saved."
    raise Stop("There is no file %s in %s. %s" % (file, folder, hint))


# --- the environment ---------------------------------------------------------------------------


def inside(*parts):
    return os.path.join(ROOT, ".venv", *parts)


def python():
    return inside("Scripts", "python.exe") if WINDOWS else inside("bin", "python")


def stamp():
    """Return what the environment depends on: lock, metadata, Python, and where all this is."""
    digest = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    digest.update(("%d.%d %s" % (tuple(sys.version_info[:2]) + (ROOT,))).encode("utf-8"))
    return digest.hexdigest()


def is_ready():
    return os.path.exists(python()) and read(inside("stamp")) == stamp()


def prepare():
    """Make .venv unless it is there, whole and up to date."""
    if is_ready():
        return
    began = time.time()
    lock = os.path.join(ROOT, "requirements.lock")
    say("Setting up. This happens once and takes some minutes.")
    say("[1/3] Making .venv with Python %s" % sys.version.split()[0])
    clear()
    make_environment()
    say("[2/3] Installing the packages of requirements.lock")
    install(["--only-binary=:all:", "--require-hashes", "-r", lock], total=count_packages(lock))
    say("[3/3] Installing followup_analysis from this folder")
    install(["--no-deps", "--no-build-isolation", "-e", ROOT])
    write(inside("stamp"), stamp())
    say("Ready after %d s. Later runs start at once." % (time.time() - began))


def clear():
    """Remove an environment of ours; one that somebody else made is set aside, not destroyed."""
    if os.path.isdir(inside()):
        try:
            if read(inside("stamp")) is not None:
                shutil.rmtree(inside())
            elif os.listdir(inside()):
                os.rename(inside(), set_aside())
        except OSError as error:
            raise Stop(
                "The folder .venv cannot be replaced: %s. Close what uses it (a running "
                "JupyterLab, an editor), then run this again." % error
            ) from None
    os.makedirs(inside(), exist_ok=True)
    write(inside("stamp"), "unfinished")


def set_aside():
    number = 1
    while os.path.exists(inside() + "-old-%d" % number):
        number += 1
    say("      A .venv that run.py did not make is kept as .venv-old-%d" % number)
    return inside() + "-old-%d" % number


def make_environment():
    if not has("venv") or not (has("ensurepip") or has("pip")):
        raise Stop(NO_VENV)
    import venv

    try:
        venv.create(inside(), symlinks=not WINDOWS, with_pip=has("ensurepip"))
    except (subprocess.CalledProcessError, OSError) as error:
        raise Stop("Python could not make .venv: %s\n%s" % (error, NO_VENV)) from None


NO_VENV = (
    "This Python lacks the modules venv and ensurepip, which make .venv. On Debian and Ubuntu: "
    "sudo apt install python3-venv. Elsewhere, install Python from python.org. Then run this again."
)


def has(module):
    return importlib.util.find_spec(module) is not None


def pip():
    """Return the pip of .venv or, where Python came without ensurepip, the one beside it."""
    if has("ensurepip"):
        return [python(), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", python()]


def install(arguments, total=0):
    command = pip() + ["--disable-pip-version-check", "--no-input", "install"]
    command += ["--progress-bar=off"] + arguments
    lines = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
    ) as process:
        progress = Progress(total)
        for line in process.stdout:
            lines.append(line.rstrip())
            progress.see(line)
        progress.end()
    with open(inside("install.log"), "a", encoding="utf-8") as log:
        log.write("\n".join(lines) + "\n")
    if process.returncode:
        raise Stop(explain(lines))


# pip's lines on the packages of the lock: one each, but for the "x.whl.metadata" of some.
PACKAGE = re.compile(
    r"\s*(?:Downloading|Using cached|Processing|Ignoring) (?:\S*[/\\])?([\w.-]+?)"
    r"(?:-\d\S*\.whl\s|: )"
)


class Progress:
    """Says what pip is at: a silent minute looks like a broken program."""

    def __init__(self, total):
        self.total, self.seen, self.retrying = total, 0, False
        self.live, self.begun = sys.stdout.isatty(), False

    def see(self, line):
        package = PACKAGE.match(line)
        if package and self.total:
            self.seen += 1
            self.count(package.group(1))
        elif line.startswith("Installing collected") and self.total:
            self.tell("All there; unpacking them")
        elif "Retrying" in line and not self.retrying:
            self.retrying = True
            self.tell("The network does not answer; trying again")

    def count(self, name):
        text = "      %d of %d: %s" % (self.seen, self.total, name)
        if self.live:
            print("\r" + text.ljust(60)[:60], end="", flush=True)
            self.begun = True
        elif self.seen % 25 == 0:
            say(text)

    def tell(self, text):
        self.end()
        say("      " + text)

    def end(self):
        """Leave the line that counts, so that what is said next has one of its own."""
        if self.begun:
            print()
        self.begun = False


def explain(lines):
    """Turn pip's last words into a sentence and a remedy."""
    text = "\n".join(lines)
    for pattern, sentence in TROUBLES:
        if re.search(pattern, text):
            return sentence
    return "%s\n\nInstalling stopped here; all of it is in %s. Run the same command again." % (
        "\n".join(lines[-8:]),
        inside("install.log"),
    )


TROUBLES = (
    (
        "No space left on device|not enough space",
        "The disk is full: about 1.5 GB are needed. Make room, then run the same command again.",
    ),
    (
        "DO NOT MATCH THE HASHES",
        "A downloaded package is not the one that requirements.lock names, so it was not "
        "installed. Run the same command again; if it says so again, something between you and "
        "the package index changes files, such as a proxy.",
    ),
    (
        "NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError"
        "|Failed to establish a new connection|Connection refused|Network is unreachable"
        "|Temporary failure in name resolution|getaddrinfo failed",
        "The packages could not be fetched: the package index cannot be reached. The first run "
        "needs the network. Connect (behind a proxy, set HTTPS_PROXY), then run the same command "
        "again; later runs need no network.",
    ),
    (
        "No matching distribution found",
        "One of the packages is not to be had for Python %d.%d on this machine. Python %s are "
        "known to work: install one of them, and start run.py with it."
        % (tuple(sys.version_info[:2]) + (", ".join(TRIED),)),
    ),
)


def count_packages(lock):
    with open(lock) as file:
        return sum(1 for line in file if re.match(r"[A-Za-z0-9][\w.-]*==", line))


# --- the commands --------------------------------------------------------------------------------


def lab(options):
    folder = inside("share", "jupyter", "lab", "settings")
    os.makedirs(folder, exist_ok=True)
    write(os.path.join(folder, "overrides.json"), json.dumps(LAB_SETTINGS, indent=2))
    command = ["-m", "jupyterlab", "--ServerApp.root_dir=" + ROOT] + LAB_OPTIONS
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command + options


def report():
    folder = os.path.join(ROOT, "notebooks")
    script = os.path.join(folder, "_report", "render.py")
    return [script, folder, os.path.join(ROOT, "reports")]


def hand_over(arguments, environment=None):
    """Run the environment's Python in our place; Windows cannot, so there we wait for it."""
    command = [python()] + arguments
    # Jupyter takes the kernel of .venv even where the user has one of the same name.
    environment = dict(os.environ, JUPYTER_PREFER_ENV_PATH="1", **(environment or {}))
    # The matrices are small: several threads on one would wait for each other most of the time.
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.stdout.flush()
    os.chdir(ROOT)
    if not WINDOWS:
        os.execve(command[0], command, environment)
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # the same Ctrl-C reached the program, which decides what it means


# --- small things --------------------------------------------------------------------------------


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
