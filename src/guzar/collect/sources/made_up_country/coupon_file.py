"""The delivery of the registration office: Russian headings, its own codes, `;`, Windows-1251, and the mapping file."""

import io

import polars as pl

RUSSIAN_HEADINGS = {
    "record_id": "Номер талона",
    "surname": "Фамилия",
    "given_name": "Имя",
    "patronymic": "Отчество",
    "sex": "Пол",
    "birth_date": "Дата рождения",
    "birth_place": "Страна рождения",
    "citizenship": "Гражданство",
    "document_number": "Номер документа",
    "registration_event": "Событие",
    "registration_type": "Вид регистрации",
    "event_date": "Дата события",
    "valid_to": "Срок регистрации",
    "region": "Регион",
    "previous_residence": "Откуда прибыл",
}
RUSSIAN_CODES = {
    "sex": {"М": "M", "Ж": "F"},
    "registration_event": {
        "прибытие": "arrival",
        "убытие": "departure",
        "продление": "renewal",
        "снят по сроку": "automatic_departure",
    },
    "registration_type": {"по месту жительства": "residence", "по месту пребывания": "stay"},
}


def as_russian_file(coupons: pl.DataFrame) -> bytes:
    """The coupons as the registration office sends them: `;`, Windows-1251, its own headings, codes and dates."""
    words = [
        pl.col(column).replace_strict({code: word for word, code in codes.items()})
        for column, codes in RUSSIAN_CODES.items()
    ]
    dates = pl.col(pl.Date).dt.strftime("%d.%m.%Y")
    named = coupons.with_columns(*words, dates).rename(RUSSIAN_HEADINGS)
    return named.write_csv(separator=";").encode("windows-1251")


def russian_mapping() -> str:
    """The mapping file by which `guzar collect` reads that form."""
    out = io.StringIO()
    out.write('[form]\nencoding = "windows-1251"\nseparator = ";"\ndates = "dd.mm.yyyy"\n\n[columns]\n')
    out.writelines(f'{column} = "{heading}"\n' for column, heading in RUSSIAN_HEADINGS.items())
    for column, codes in RUSSIAN_CODES.items():
        out.write(f"\n[codes.{column}]\n")
        out.writelines(f'"{word}" = "{code}"\n' for word, code in codes.items())
    return out.getvalue()
