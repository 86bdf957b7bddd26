//! A plan as an Excel workbook, and back.
