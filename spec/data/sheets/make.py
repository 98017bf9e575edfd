# Makes the workbooks beside it, once: the first with openpyxl (Debian: python3-openpyxl), the second out of it with
# LibreOffice: soffice --headless --convert-to xlsx --outdir . openpyxl.xlsx
import datetime
import sys
import openpyxl
from openpyxl.styles import Alignment, Font

HEAD = ["序号", "反馈问题", "责任", None, "整改时限", "整改情况", None, "反馈日期", "是否重点", "涉及人数", "备注"]
SUB = [None, None, "责任单位", "责任人", None, "整改措施", "进展", None, None, None, None]
DAY = datetime.date
ROWS = [
    [1, "未经批准擅自设立人才专班", "省教育厅", "张　三", DAY(2026, 6, 30), "撤销专班", "已启动", DAY(2026, 1, 15), True, 3,
     "110101199003070011"],
    [2, "擅自增加编制4名", None, "李四", "立行立改", "核减", "已完成", datetime.datetime(2026, 1, 15, 9, 30), False, 4, None],
    [3, "超职数配备科级领导2名", None, "王·五", "3月底前", "消化超配", "推进中", DAY(2026, 1, 16), None, 2, "=J5+J6"],
    [4, "批复不规范", "省财政厅", "赵六", "持续推进", "规范流程\n完善制度", None, "2026.1.20", None, None, "0731-88880000"],
    [5, "无问题", "省水利厅", None, None, None, None, None, None, None, None],
]
FORMATS = {"E5": 'yyyy"年"m"月"d"日"', "H5": "yyyy/m/d", "H6": "yyyy-mm-dd hh:mm", "H7": '[$-804]m"月"d"日";@'}
MERGED = "A1:K1 A3:A4 B3:B4 C3:D3 E3:E4 F3:G3 H3:H4 I3:I4 J3:J4 K3:K4 C5:C7"

book = openpyxl.Workbook()
notes = book.active
notes.title = "说明"
notes["A1"], notes["B1"] = "填表说明", "无"
notes.sheet_state = "hidden"
sheet = book.create_sheet("台账")
sheet.append(["2026年上半年巡视反馈问题整改台账"])
sheet.append(["填报单位：省委编办", None, None, None, None, "填报日期：2026年3月5日"])
for row in [HEAD, SUB] + ROWS:
    sheet.append(row)
for merged in MERGED.split():
    sheet.merge_cells(merged)
for cell, code in FORMATS.items():
    sheet[cell].number_format = code
sheet["A1"].font = Font(name="方正小标宋简体", size=18)
sheet["A1"].alignment = Alignment(horizontal="center")
sheet.freeze_panes = "A5"
sheet.row_dimensions[8].hidden = True
past = book.create_sheet("往年")
past["A1"], past["B1"] = "序号", "问题"
book.active = 1
book.save(sys.argv[1] if len(sys.argv) > 1 else "openpyxl.xlsx")
