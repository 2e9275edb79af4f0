# SPDX-License-Identifier: GPL-2.0-or-later
"""What apt has to offer; nothing is installed."""

import functools
import pathlib
import re
import subprocess


def read_list(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def run(*command, **options):
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def versions(packages):
    """A text that changes when one of the packages does."""
    return run("apt-cache", "madison", *packages)


def by_version(names):
    return sorted(names, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])


def names_like(pattern):
    found = run("apt-cache", "search", "--names-only", f"^{pattern}$")
    return by_version(line.split()[0] for line in found.splitlines())


def stock_kernel():
    """The package that Debian 12's linux-image-amd64 stands for."""
    depends = run("apt-cache", "depends", "--important", "linux-image-amd64")
    return re.search(r"Depends: (linux-image-\S+)", depends).group(1)


def newer_kernel():
    """Of the kernels that this release has beside its own, the newest 6.12."""
    version = r"linux-image-6\.12\.[0-9.]+\+deb12-amd64"
    names = names_like(version) or names_like(version + "-unsigned")
    if not names:
        raise RuntimeError("apt knows no linux-image-6.12 for Debian 12; is bookworm-security there?")
    return names[-1]


@functools.cache
def kernel(series):
    if not names_like("linux-image-amd64"):
        run("apt-get", "update")
    return {"6.1": stock_kernel, "6.12": newer_kernel}[series]()


def candidate(package):
    policy = run("apt-cache", "policy", package)
    return re.search(r"Candidate: (\S+)", policy).group(1)


def unpack(package, folder):
    download = folder / "download"
    download.mkdir()
    run("apt-get", "-o", "APT::Sandbox::User=root", "download", package, cwd=download)
    (archive,) = download.glob("*.deb")
    files = folder / "download/files.tar"
    with open(files, "wb") as tar:
        subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], stdout=tar, check=True)
    # /lib is a link where /usr is merged, and has to stay one.
    run("tar", "-xf", files, "--keep-directory-symlink", "-C", folder)
    archive.unlink()
    files.unlink()
    download.rmdir()


def debian_sources():
    """Debian's own repositories among those of this machine, as lines of sources.list."""
    targets = run(
        "apt-get",
        "indextargets",
        "--format=deb $(REPO_URI) $(CODENAME) $(COMPONENT)",
        "Created-By: Packages",
        "Origin: Debian",
    )
    return sorted(set(targets.splitlines()))


def apt_options():
    """How this machine reaches its repositories, where that takes a proxy."""
    configuration = run("apt-config", "dump")
    return re.findall(r"^Acquire::https?::Proxy .*$", configuration, re.MULTILINE)


def bootstrap(include, folder):
    without = ("man", "locale", "doc", "info", "bash-completion")
    run(
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        "--format=directory",
        '--aptopt=APT::Install-Recommends "false"',
        *(f"--aptopt={option}" for option in apt_options()),
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in without),
        "--dpkgopt=force-unsafe-io",
        f"--include={','.join(include)}",
        "bookworm",
        folder,
        *debian_sources(),
        cwd=pathlib.Path("/"),
    )
