"""The stanzas of the demo that read the offices' systems: a JSON service, a database, workbooks."""

from pathlib import Path

from datasources.simulator.office_files import BOOKS, TASKS
from datasources.simulator.reporting import REPORTING, TOKEN

TOKEN_FILE = "config/demo-reporting-token"  # noqa: S105 - where the invented token lies
STANZAS = """
[bao_cao_dinh_ky]
kind = "json"
record = "observation"
title.vi = "Hệ thống thông tin báo cáo (mô phỏng)"
title.en = "Reporting system (simulated)"
owner = "Tỉnh mô phỏng"
url = "http://127.0.0.1:{port}{reporting}/v1/chi-tieu"
allow_http = true
auth = "bearer"
token_file = "{token_file}"
items = "du_lieu"
paging.kind = "page"
paging.parameter = "trang"
paging.size = 500
paging.size_parameter = "so_dong"
paging.total = "tong"
schedule = "*/15 * * * *"
stale_after_hours = 960
simulated = true
[bao_cao_dinh_ky.changes]
from_parameter = "tu"
column = "cap_nhat"
since = 2025-07-01
overlap_minutes = 60
[bao_cao_dinh_ky.columns]
metric = "chi_tieu"
area = "don_vi.ma"
period_start = "ky.tu"
period_end = "ky.den"
numerator = "dat"
denominator = "tong"
[bao_cao_dinh_ky.values.metric]
"BC_QUA_HE_THONG" = "reports_via_system_rate"
"BC_DUNG_HAN" = "reports_on_time_rate"

[nhiem_vu]
kind = "sql"
record = "observation"
title.vi = "Theo dõi nhiệm vụ được giao (mô phỏng)"
title.en = "Assigned tasks (simulated)"
owner = "Tỉnh mô phỏng"
url = "sqlite:///{folder}/{tasks}"
schedule = "20 * * * *"
stale_after_hours = 960
simulated = true
query = '''
select don_vi, date(han, 'start of month') as tu, date(han, 'start of month', '+1 month') as den,
       sum(ngay_xong is not null and ngay_xong <= han) as dung_han, count(*) as den_han,
       'tasks_on_time_rate' as chi_tieu
from nhiem_vu
where han < (select date(ngay, 'start of month') from tinh_den)
group by 1, 2, 3
'''
[nhiem_vu.columns]
metric = "chi_tieu"
area = "don_vi"
period_start = "tu"
period_end = "den"
numerator = "dung_han"
denominator = "den_han"

[phuong_tien]
kind = "xlsx"
record = "observation"
title.vi = "Chứng thư số, hội nghị truyền hình, phần mềm: báo cáo quý (mô phỏng)"
title.en = "Certificates, video conference, software: quarterly (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{books}"
header_row = 3
skip = ["Tổng cộng"]
schedule = "*/30 * * * *"
simulated = true
[phuong_tien.columns]
metric = "Chỉ tiêu"
area = "Mã đơn vị"
period_start = "Từ ngày"
period_end = "Đến trước ngày"
numerator = "Đạt"
denominator = "Tổng số"
value = "Số lượng"
[phuong_tien.values.metric]
"Chứng thư số chuyên dùng đã cấp" = "certificates_issued"
"Lãnh đạo có chứng thư số" = "leaders_certified_rate"
"Xã nối hội nghị truyền hình" = "vc_units_connected_rate"
"Xã dùng phần mềm quản lý văn bản" = "qlvb_units_rate"
"Xã dùng một cửa điện tử" = "onestop_units_rate"
"""


def office_stanzas(folder: str, port: int) -> str:
    """The stanzas for a simulator on a port, whose files lie in a folder of the home."""
    return STANZAS.format(
        folder=folder,
        port=port,
        reporting=REPORTING,
        token_file=TOKEN_FILE,
        tasks=TASKS,
        books=BOOKS,
    )


def write_token(home: Path) -> Path:
    """Write the token of the reporting system where only its owner can read it."""
    path = home / TOKEN_FILE
    path.touch(mode=0o600)
    path.write_text(f"{TOKEN}\n", encoding="utf-8")
    return path
