"""R04xx: tables and master data."""

from __future__ import annotations

from rebates.syntax.catalogue.entry import Entry

ENTRIES = (
    Entry("R0402", "missing-column", "error", "a table without a column that it is declared with", "its rows cannot be read without it", "mend the heading, or name the column in the declaration: `price \"Net price\" money`", "item,unit,prize\nCOLA,piece,1.49", "item,unit,price\nCOLA,piece,1.49"),
    Entry("R0404", "wrong-cell", "error", "a cell that is not of its column's type", "a value is never guessed", "write a value of the type, such as 1.49 or 2026-03-10", "item,unit,price\nCOLA,piece,about 2", "item,unit,price\nCOLA,piece,1.49"),
    Entry("R0405", "key-twice", "error", "two rows with one key on one day", "which of the two holds would be guessed", "keep one of them, or give them dates that do not overlap", "item,unit,price\nCOLA,piece,1.49\nCOLA,piece,1.55", "item,unit,price\nCOLA,piece,1.49"),
    Entry("R0406", "empty-key", "error", "a key without a value", "the row could never be found", "write the value, or remove the row", "item,unit,price\n,piece,1.49", "item,unit,price\nCOLA,piece,1.49"),
    Entry("R0407", "row-ends-before-it-begins", "error", "a row that ends before it begins", "it would hold on no day", "swap the two dates", "item,unit,price,valid_from,valid_to\nCOLA,piece,1.49,2026-12-31,2026-01-01", "item,unit,price,valid_from,valid_to\nCOLA,piece,1.49,2026-01-01,2026-12-31"),
    Entry("R0410", "table-outside-folder", "error", "the file of a table lies outside the rule folder", "a rule set is one folder that can be signed and sent", "keep tables beside the rule files", "table prices from \"../prices.csv\" { item key  price money }", "table prices from \"prices.csv\" { item key  price money }"),
    Entry("R0411", "unknown-table-format", "error", "the file of a table is no CSV, Parquet or XLSX file", "its rows cannot be read", "save the table as CSV", "table prices from \"prices.ods\" { item key  price money }", "table prices from \"prices.csv\" { item key  price money }"),
    Entry("R0412", "no-such-table", "error", "the file of a table does not exist, or the program did not hand the table over", "its rules would have no rows", "put the file beside the rule file, or hand the table over"),
    Entry("R0413", "unreadable-table", "error", "the file of a table cannot be read", "a table with a part missing would price wrongly", "check the file and its permissions, or save it again"),
    Entry("R0414", "table-not-utf8", "error", "a CSV file that is not UTF-8, or holds a NUL character", "letters beyond a to z would be guessed", "save the file as CSV UTF-8"),
    Entry("R0415", "broken-row", "error", "a row whose cells do not match the heading", "its values would land in the wrong columns", "put quotes around a value that holds the separator or a quote", "item,unit,price\nCOLA,piece,1,49", "item,unit,price\nCOLA,piece,\"1.49\""),
    Entry("R0416", "empty-table", "error", "the file of a table is empty", "a table has at least a heading", "give it a heading and rows"),
    Entry("R0417", "missing-reader", "error", "a Parquet or XLSX file, and the package that reads it is not installed", "the small installation reads CSV only", "install the extra that the message names, or save the table as CSV"),
    Entry("R0420", "row-of-unknown", "error", "a row about an item, account, family or parent that its own table does not have", "it would never be found, and is most often a misspelt key", "mend the key, or add what it names", "item,unit,price\nCOLLA,piece,1.49", "item,unit,price\nCOLA,piece,1.49"),
    Entry("R0421", "factor-not-above-zero", "error", "a conversion whose factor is not above zero", "a quantity cannot be turned into a unit of nothing", "write how many of the base unit one unit has", "item,unit,factor\nCOLA,carton,0", "item,unit,factor\nCOLA,carton,24"),
    Entry("R0422", "circle-of-parents", "error", "an account or family that lies above itself", "its total could not be worked out", "break the circle of parents", "id,parent\nACME,NORTH\nNORTH,ACME", "id,parent\nACME,\nNORTH,ACME"),
    Entry("R0490", "more-slips", "error", "a table with more slips than are shown", "the first ones often have one cause", "mend those shown and check again"),
)
