"""The files a server is set up with: programs that read them find nothing wrong."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/bin")
SYSTEMD = shutil.which("systemd-analyze")


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    units = [*(DEPLOY / "systemd").iterdir()]
    for unit in units:
        text = unit.read_text(encoding="utf-8")
        here = text.replace("/opt/toan-canh/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(here, encoding="utf-8")
    done = subprocess.run(
        [str(SYSTEMD), "verify", *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "ioc-" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=ioc.example.gov.vn",
            "-keyout",
            "key.pem",
            "-out",
            "fullchain.pem",
        ],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    ours = (DEPLOY / "nginx" / "toan-canh.conf").read_text(encoding="utf-8")
    ours = ours.replace("/etc/toan-canh/tls", str(tmp_path))
    whole = (
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\nhttp {{ access_log off;\n{ours}\n}}"
    )
    path = tmp_path / "nginx.conf"
    path.write_text(whole, encoding="utf-8")
    done = subprocess.run(
        [str(NGINX), "-t", "-p", str(tmp_path), "-c", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_nginx_writes_anew_who_asks_and_adds_to_nothing() -> None:
    text = (DEPLOY / "nginx" / "toan-canh.conf").read_text(encoding="utf-8")
    servers = [part for part in text.split("\nserver {")[1:] if "proxy_pass" in part]
    assert len(servers) == 2
    for server in servers:
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in server
        assert 'proxy_set_header Forwarded "";' in server
    assert "proxy_add_x_forwarded_for" not in text


def test_every_setting_the_manuals_name_exists() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for path in (
        *(ROOT / "docs").glob("*.md"),
        *DEPLOY.rglob("*.conf"),
        *DEPLOY.rglob("*.service"),
    ):
        named = set(re.findall(r"\bIOC_[A-Z_]+\b", path.read_text(encoding="utf-8")))
        assert named <= known | {"IOC_N", "IOC_CRASH_AT"}, path


def test_the_command_line_of_a_server_is_a_script_the_shell_reads() -> None:
    subprocess.run(["sh", "-n", str(DEPLOY / "ioc")], check=True)
