"""The simulator speaks as the real systems do, and fails as they do when it is told to."""

import json
from datetime import date
from typing import Any

import httpx
import pytest

from datasources.simulator.clock import DAY, end_of_day
from datasources.simulator.desk_service import PROGRESS_DAYS
from datasources.simulator.dossiers import known
from datasources.simulator.faults import (
    Drip,
    DuplicatePage,
    ExpireSession,
    Garbage,
    Script,
    Status,
    Truncate,
)
from datasources.simulator.portal import NO_DATE, national_date, vendor_date
from datasources.simulator.server import Simulator
from datasources.simulator.world import World
from domain.dossier import STATUSES
from tests.simulator.asking import END, SEED, Client, Clock, collector, second

# The fields of DongBoHoSoMC; NgayCapNhat is when the record last changed.
FIELDS = {
    "MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "KenhThucHien", "SoBienNhan",
    "ChuHoSo", "LoaiDoiTuong", "MaDoiTuong", "Email", "Fax", "SoDienThoai", "TrichYeuHoSo",
    "NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi",
    "TrangThaiHoSo", "ThongTinTra", "HinhThuc", "DonViXuLy", "GhiChu", "NoiNopHoSo",
    "HoSoCoThanhPhanSoHoa", "TaiKhoanDuocXacThucVoiVNeID", "DuocThanhToanTrucTuyen",
    "DinhDanhCHS", "DSKetNoiCSDL", "TaiLieuNop", "DanhSachLePhi", "DanhSachTepDinhKemKhac",
    "DanhSachHoSoBoSung", "DanhSachGiayToKetQua", "NgayCapNhat", "HanTiepNhan", "CoVanBanXinLoi",
}  # fmt: skip
STEP_FIELDS = {
    "MaHoSo", "NguoiXuLy", "ChucDanh", "ThoiDiemXuLy", "PhongBanXuLy", "NoiDungXuLy",
    "TrangThai", "NgayBatDau", "NgayKetThucTheoQuyDinh",
}  # fmt: skip
PAUSE_FIELDS = {
    "HoSoBoSungId", "NguoiYeuCauBoSung", "NoiDungBoSung", "NgayBoSung", "NguoiTiepNhanBoSung",
    "ThongTinTiepNhan", "NgayTiepNhanBoSung", "TrangThaiBoSung", "DanhSachGiayToBoSung",
    "DanhSachLePhiBoSung", "NgayHenTraTruoc", "NgayHenTraMoi",
}  # fmt: skip


def codes(items: list[dict[str, Any]]) -> list[str]:
    return [item["MaHoSo"] for item in items]


def test_a_wrong_password_opens_no_session(client: Client) -> None:
    answer = client.log_in(password="wrong")
    assert answer["error_code"] == "02"
    assert "session" not in answer
    assert client.page()["error_code"] == "01"


def test_a_login_opens_a_session_and_the_answer_has_the_agreed_envelope(client: Client) -> None:
    assert client.log_in()["error_code"] == "0"
    answer = client.page(trang=1, soBanGhi=10)
    assert list(answer) == [
        "error_code", "service", "madonvi", "isUpdating", "tongSo", "trang", "data",
    ]  # fmt: skip
    assert (answer["error_code"], answer["madonvi"], answer["trang"]) == ("00", "H14", 1)
    assert len(answer["data"]) == 10 < answer["tongSo"]


def test_an_item_has_the_real_fields_and_only_text(client: Client) -> None:
    for item in client.everything():
        assert item.keys() == FIELDS
        assert item["DinhDanhCHS"].keys() == {"LoaiDinhDanh", "SoDinhDanh"}
        assert int(item["TrangThaiHoSo"]) in STATUSES
        assert item["KenhThucHien"] in {"1", "2", "3"}
        for pause in item["DanhSachHoSoBoSung"]:
            assert pause.keys() == PAUSE_FIELDS


def test_every_dossier_is_told_once_in_the_order_of_its_change_and_code(
    client: Client, world: World
) -> None:
    items = client.everything(size=333)
    order = [(item["NgayCapNhat"], item["MaHoSo"]) for item in items]
    assert order == sorted(order)
    assert len(set(codes(items))) == len(items) == len(world.dossiers("04", client.clock.now))


def test_the_beginning_of_a_question_is_included_and_its_end_is_not(client: Client) -> None:
    items = client.everything()
    moment = items[len(items) // 2]["NgayCapNhat"]
    before, since = client.everything(denNgay=moment), client.everything(tuNgay=moment)
    assert codes(before) + codes(since) == codes(items)
    assert all(item["NgayCapNhat"] < moment for item in before)
    assert since[0]["NgayCapNhat"] == moment


def test_a_collector_that_asks_for_what_is_new_learns_all_there_is_to_know(
    client: Client,
) -> None:
    held = {item["MaHoSo"]: item for item in client.everything()}
    for hour in ("2025-08-20 11:00", "2025-08-20 15:30", "2025-08-22 09:00"):
        since = national_date(client.clock.now)
        client.clock.now = second(hour)
        new = client.everything(tuNgay=since)
        assert new
        held |= {item["MaHoSo"]: item for item in new}
    assert held == {item["MaHoSo"]: item for item in client.everything()}


def test_new_dossiers_appear_while_the_day_goes_by(client: Client) -> None:
    since, counts = "20250820000000", []
    for hour in (8, 10, 12, 15, 17):
        client.clock.now = second(f"2025-08-20 {hour:02d}:00")
        counts.append(client.page(tuNgay=since)["tongSo"])
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    today = [item for item in client.everything(tuNgay=since) if "-250820-" in item["MaHoSo"]]
    assert len(today) > 5


def test_the_future_is_not_told(client: Client) -> None:
    now = national_date(client.clock.now)
    items = client.everything(denNgay="20991231000000")
    told = [item[name] for item in items for name in ("NgayNopHoSo", "NgayTiepNhan", "NgayTra")]
    assert max(told) <= now


def test_pages_of_one_question_stand_still_while_the_world_goes_on(client: Client) -> None:
    first = client.page(trang=1, soBanGhi=500)
    client.clock.now += DAY
    rest = [client.page(trang=number, soBanGhi=500) for number in (2, 3, 4)]
    assert {page["tongSo"] for page in rest} == {first["tongSo"]}
    told = codes(first["data"]) + [code for page in rest for code in codes(page["data"])]
    assert len(set(told)) == len(told) == first["tongSo"]


def test_pages_of_a_service_that_is_not_steady_move_while_they_are_turned(world: World) -> None:
    with collector(world, second("2025-08-20 10:00"), steady=False) as client:
        until = national_date(client.clock.now)
        whole = set(codes(client.everything(denNgay=until)))
        first = client.page(trang=1, soBanGhi=1300, denNgay=until)
        client.clock.now += DAY
        after = client.page(trang=2, soBanGhi=1300, denNgay=until)
    assert after["tongSo"] < first["tongSo"]
    assert whole - set(codes(first["data"])) - set(codes(after["data"]))


def test_the_dossier_code_begins_with_the_counter_that_took_it_in(
    client: Client, world: World
) -> None:
    desks = {desk.old_code: desk.name for desk in world.provinces["04"].desks}
    elsewhere = 0
    for item in client.everything():
        counter, day, number = item["MaHoSo"].split("-")
        assert day == item["NgayNopHoSo"][2:8]
        assert int(number) == int(item["SoBienNhan"][:4])
        elsewhere += desks[counter] != item["DonViXuLy"]
    assert elsewhere > 20


def test_what_is_told_is_what_the_world_knows(client: Client, world: World) -> None:
    shown = known(world.dossiers("04", client.clock.now), client.clock.now)
    items = client.everything()
    for name, column in (
        ("NgayTiepNhan", shown.received),
        ("NgayHenTra", shown.due),
        ("NgayTra", shown.returned),
        ("NgayTuChoi", shown.refused),
        ("NgayCapNhat", shown.updated),
    ):
        told = sorted(item[name] for item in items)
        assert told == sorted(national_date(moment) for moment in column.tolist())
    statuses = sorted(int(item["TrangThaiHoSo"]) for item in items)
    assert statuses == sorted(shown.status.tolist())


def test_a_pause_is_open_until_it_is_answered_and_then_moves_the_due_date(client: Client) -> None:
    open_pauses = moved = 0
    for item in client.everything():
        for pause in item["DanhSachHoSoBoSung"]:
            if pause["NgayTiepNhanBoSung"]:
                moved += item["NgayHenTra"] > pause["NgayHenTraTruoc"]
            else:
                open_pauses += 1
                assert item["TrangThaiHoSo"] in {"5", "6", "7", "8"}
                assert pause["NgayHenTraMoi"] == ""
    assert open_pauses > 5
    assert moved > 30


def test_people_in_the_data_are_invented_and_say_so(client: Client) -> None:
    for item in client.everything():
        assert item["Email"].endswith(".invalid")
        assert item["SoDienThoai"].startswith("00")
        assert item["DinhDanhCHS"]["SoDinhDanh"].startswith("999")


def test_the_vendor_writes_dates_its_own_way_and_adds_the_commune() -> None:
    world = World(SEED, ["92"], date(2025, 7, 1), date(2025, 7, 10))
    now = end_of_day(date(2025, 7, 10))
    with collector(world, now) as client:
        items = client.everything(madonvi="000.00.00.H13")
    assert all(item.keys() == (FIELDS | {"MaXa"}) - {"CoVanBanXinLoi"} for item in items)
    assert {len(item["MaXa"]) for item in items} == {0, 5}
    submitted = world.dossiers("92", now).submitted.tolist()
    told = sorted(item["NgayNopHoSo"] for item in items)
    assert told == sorted(vendor_date(moment) for moment in submitted)
    assert NO_DATE in {item["NgayTiepNhan"] for item in items}


def test_steps_are_told_in_their_order_for_some_weeks(client: Client) -> None:
    steps = client.everything(service="CapNhatTienDoHoSoMC")
    assert all(step.keys() == STEP_FIELDS for step in steps)
    order = [(step["ThoiDiemXuLy"], step["MaHoSo"]) for step in steps]
    assert order == sorted(order)
    assert len(
        {(step["MaHoSo"], step["ThoiDiemXuLy"], step["TrangThai"]) for step in steps}
    ) == len(steps)
    assert steps[0]["ThoiDiemXuLy"] >= national_date(client.clock.now - PROGRESS_DAYS * DAY)
    assert {step["TrangThai"] for step in steps} >= {"2", "3", "4", "5", "6", "9", "10"}


def test_the_last_step_of_a_dossier_is_its_status(client: Client) -> None:
    status = {item["MaHoSo"]: item["TrangThaiHoSo"] for item in client.everything()}
    last: dict[str, str] = {}
    for step in client.everything(service="CapNhatTienDoHoSoMC"):
        last[step["MaHoSo"]] = step["TrangThai"]
    assert len(last) > 500
    assert all(status[code] == step for code, step in last.items())


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ({"madonvi": "H99"}, "madonvi must be one of H14"),
        ({"service": "HuyHoSo"}, "service must be one of DongBoHoSoMC, CapNhatTienDoHoSoMC"),
        ({"tuNgay": "2025-08-01"}, "tuNgay must be yyyyMMddHHmmss"),
        ({"trang": 0}, "trang from 1"),
        ({"soBanGhi": 100_000}, "soBanGhi from 1 to 5000"),
        ({"soBanGhi": "many"}, "soBanGhi must be a whole number"),
        ({"tuNgay": ["x"]}, "tuNgay must be a short text"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_why(
    client: Client, question: dict[str, object], fact: str
) -> None:
    answer = client.page(**question)
    assert answer["error_code"] == "03"
    assert fact in answer["error_message"]


def test_what_is_no_question_is_refused_without_harm(client: Client) -> None:
    for body in (b"", b"not json", b"[1]"):
        assert client.http.post("/dongbo", content=body).status_code == 400
    assert client.http.post("/elsewhere", json={}).status_code == 404
    assert client.http.get("/dongbo").status_code == 404
    assert client.page()["error_code"] == "00"


def test_it_is_ready_only_when_it_is_told_so(client: Client) -> None:
    root = client.simulator.url.removesuffix("/dvcqg")
    assert httpx.get(f"{root}/healthz", trust_env=False).status_code == 200
    assert httpx.get(f"{root}/readyz", trust_env=False).status_code == 503
    client.simulator.ready.set()
    assert httpx.get(f"{root}/readyz", trust_env=False).status_code == 200


def test_faults_are_played_in_order_and_then_everything_is_well_again(client: Client) -> None:
    client.simulator.script.play(Status(503), None, Status(429))
    assert [client.ask().status_code for _ in range(4)] == [503, 200, 429, 200]


def test_a_truncated_answer_breaks_the_line(client: Client) -> None:
    client.simulator.script.play(Truncate(0.3))
    with pytest.raises(httpx.RemoteProtocolError):
        client.ask()
    assert client.ask().status_code == 200


def test_a_dripping_answer_is_whole_but_slow(client: Client) -> None:
    client.simulator.script.play(Drip(0.5))
    answer = client.ask(soBanGhi=5)
    assert answer.elapsed.total_seconds() > 0.4
    assert len(answer.json()["data"]) == 5


def test_a_duplicate_page_repeats_the_one_before(client: Client) -> None:
    first = client.page(trang=1, soBanGhi=100)
    client.simulator.script.play(DuplicatePage())
    second_page = client.page(trang=2, soBanGhi=100)
    assert second_page["trang"] == 2
    assert second_page["data"] == first["data"]
    assert client.page(trang=2, soBanGhi=100)["data"] != first["data"]


def test_a_session_that_expires_is_good_again_after_a_login(client: Client) -> None:
    client.simulator.script.play(ExpireSession())
    assert client.page()["error_code"] == "01"
    assert client.page()["error_code"] == "01"
    client.log_in()
    assert client.page()["error_code"] == "00"


def test_garbage_has_a_good_status_and_is_not_json(client: Client) -> None:
    client.simulator.script.play(Garbage())
    answer = client.ask()
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_script_may_be_given_from_the_beginning(world: World) -> None:
    with Simulator(world, Clock(end_of_day(END)), script=Script([Status(500)])) as simulator:
        answer = httpx.post(f"{simulator.url}/dongbo", json={"session": "x"}, trust_env=False)
        assert answer.status_code == 500
        assert len(simulator.script) == 0
