"""Files to take away: one description of what is drawn, and every format written from it.

    exhibit.py    the description: an Exhibit is a title, charts, a table and all that is said of
                  them; a Folder is a cover and exhibits in order
    board_exhibits.py    exhibits of a board: trend, ranking, map, cards, what needs somebody …
    drawing/      charts as vector drawings
    workbook.py slides.py sheets.py report.py picture.py delimited.py
                  XLSX, PPTX, PDF, DOCX, PNG and SVG, CSV
    recipe.py     what a pack is made of, said once and made again every week

Numbers come from the board, and so from metrics.query, alone; writers only write them down.
"""
