"""Files of the shapes that people have: passengers, flowers, digits, houses, a German spreadsheet, a workbook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from random import Random as Draw
from xml.sax.saxutils import escape


def titanic(rows: int = 120) -> bytes:
    """Return passengers: an id, names, text, gaps, a column that is mostly empty, and text with many values."""
    draw = Draw(1)
    lines = ["PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked"]
    for i in range(rows):
        sex = draw.choice(["male", "female"])
        age = "" if draw.random() < 0.2 else f"{draw.uniform(1, 70):.0f}"
        ticket = f"A/5 {21000 + i}" if i % 3 else f"{110000 + i}"
        cabin = f"C{i}" if draw.random() < 0.2 else ""
        port = draw.choice("SSSCQ") if i != 61 else ""
        lines.append(
            f'{i + 1},{int(sex == "female")},{draw.randint(1, 3)},"Braund, Mr. Owen {i} ""Jack""",{sex},{age},'
            f"{draw.randint(0, 3)},{draw.randint(0, 2)},{ticket},{draw.uniform(7, 80):.4f},{cabin},{port}"
        )
    return "\n".join(lines).encode()


def iris(rows: int = 60) -> bytes:
    """Return flowers with an Id and a label."""
    draw = Draw(2)
    kinds = ("Iris-setosa", "Iris-versicolor", "Iris-virginica")
    lines = ["Id,SepalLengthCm,SepalWidthCm,PetalLengthCm,PetalWidthCm,Species"]
    for i in range(rows):
        k = i % 3
        cells = (draw.gauss(5 + k, 0.3), draw.gauss(3.4 - 0.2 * k, 0.3), draw.gauss(1.5 + 2 * k, 0.3), 0.2 + k)
        lines.append(f"{i + 1}," + ",".join(f"{cell:.1f}" for cell in cells) + f",{kinds[k]}")
    return "\n".join(lines).encode()


def digits(rows: int = 60, pixels: int = 784) -> bytes:
    """Return images of digits: the label first, then a column for each pixel, many of them always 0."""
    draw = Draw(3)
    lines = ["label," + ",".join(f"pixel{i}" for i in range(pixels))]
    for i in range(rows):
        image = [draw.randint(0, 255) if 100 < at < 600 and draw.random() < 0.3 else 0 for at in range(pixels)]
        lines.append(f"{i % 10}," + ",".join(map(str, image)))
    return "\n".join(lines).encode()


def houses(rows: int = 120) -> bytes:
    """Return houses: many columns of text, NA in most of them, prices far from 1."""
    draw = Draw(4)
    lines = ["Id,MSZoning,LotFrontage,LotArea,Alley,Neighborhood,YearBuilt,PoolQC,GarageType,SalePrice"]
    for i in range(rows):
        front = "NA" if draw.random() < 0.17 else str(draw.randint(20, 120))
        alley = "NA" if draw.random() < 0.93 else "Pave"
        garage = "NA" if draw.random() < 0.05 else draw.choice(["Attchd", "Detchd"])
        area = draw.randint(2000, 20000)
        zone = draw.choice(["RL", "RM", "C (all)"])
        place = f"N{draw.randint(0, 24)}"
        lines.append(
            f"{i + 1},{zone},{front},{area},{alley},{place},{draw.randint(1900, 2010)},NA,{garage},{8 * area + 90_000}"
        )
    return "\n".join(lines).encode()


def german(rows: int = 40) -> bytes:
    """Return what a German spreadsheet saves: semicolons, decimal commas, points of thousands, Windows' encoding."""
    draw = Draw(5)
    lines = ["Größe (m²);Straße;Baujahr;Preis"]
    for _ in range(rows):
        size = draw.uniform(30, 140)
        price = f"{size * 3217.5:,.2f}".translate(str.maketrans(",.", ".,"))
        lines.append(
            f"{size:.1f}".replace(".", ",") + f";{draw.choice(['Süd', 'Nord'])};{draw.randint(1950, 2020)};{price}"
        )
    return "\r\n".join(lines).encode("cp1252")


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """Return a workbook with one sheet."""
    lines = []
    for row in rows:
        cells = "".join(
            "<c/>" if cell is None
            else f"<c><v>{cell}</v></c>" if isinstance(cell, int | float)
            else f'<c t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'
            for cell in row
        )  # fmt: skip
        lines.append(f"<row>{cells}</row>")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _WORKBOOK.items():
            archive.writestr(name, text.replace("ROWS", "".join(lines)).strip())
    return file.getvalue()


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORKBOOK = {
    "[Content_Types].xml": f"""
<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="xml" ContentType="{_TYPE}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>
</Types>""",
    "_rels/.rels": f"""
<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
    "xl/workbook.xml": f"""
<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""
<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
</Relationships>""",
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEET}"><sheetData>ROWS</sheetData></worksheet>',
}

SHAPES = {"titanic": titanic, "iris": iris, "digits": digits, "houses": houses, "german": german}
"""Each shape by name."""
