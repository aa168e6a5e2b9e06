"""Whether the files are UTF-8 without a byte order mark."""

from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import ByteOrderMarkError, EncodingError, MigrationFolder
from messenger_db.validation.refusal import Problem, Refusal

NOT_UTF8 = Refusal(
    "not-utf8",
    "yoyo and this project read migrations as UTF-8, whatever the machine's locale is.",
    "save the file as UTF-8",
)
BYTE_ORDER_MARK = Refusal(
    "byte-order-mark",
    "PostgreSQL takes a byte order mark (BOM), which editors do not show, for a part of the first word, and yoyo"
    " does not see a directive after it.",
    "save the file as UTF-8 without a BOM",
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find files in another encoding, and byte order marks."""
    for file in (*folder.forwards.values(), *folder.rollbacks.values()):
        match file.error:
            case ByteOrderMarkError() as error:
                yield BYTE_ORDER_MARK.at(file.file, error.line, str(error))
            case EncodingError() as error:
                yield NOT_UTF8.at(file.file, error.line, str(error))
