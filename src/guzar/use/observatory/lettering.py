"""How wide words are when set in Noto Sans, and how they break into lines.

Drawings are made on a server that has no browser to ask, so the advance widths of the shipped fonts are kept
here, in hundredths of the type size (Noto Sans 5.3.0, weights 400 and 600, without kerning, hence slightly
generous)."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

REGULAR = 400
SEMIBOLD = 600

_WIDTHS_400 = {
    17: "\u2009\u202f",
    18: "ʻʼ‘’",
    22: "'",
    23: "′",
    25: "‚",
    26: " ijl\u00a0ìíîïії",
    27: "!,.:;J·",
    28: "`ІЇ",
    30: "()",
    31: "‹›",
    32: "-\u2011",
    33: "[]",
    34: "IfÌÍÎÏİ",
    35: "²³",
    36: "t“”",
    37: "/\\",
    38: "{}•",
    41: '"r',
    42: "„",
    43: "?°ғ",
    44: "_гґ",
    46: "т",
    47: "zž",
    48: "csçş",
    49: "зсэє",
    50: "–",
    51: "vy«»ýÿ†Гухўүӯ",
    52: "FL",
    53: "kxкҐҒ",
    54: "ь",
    55: "*S|Ş₸еёҳ",
    56: "ETaeÈÉÊËàáâãäåèéêëəЁЕТавқә",
    57: "$+0123456789<=>YZ^~±×Ý÷€−ŽҮ",
    58: "₽Зя",
    59: "XХлоч",
    60: "PVoÞðòóôõöøРбө",
    61: "БЬднпрц",
    62: "KRbdghnpquñùúûüþğňЎКУийъҷһӣӮ",
    63: "CÇßҲ",
    64: "AÀÁÂÃÄÅЄАСЯ",
    65: "#BВЭ",
    66: "ң",
    67: "ЧҚ",
    68: "Ъ",
    70: "ЛҶҺ",
    73: "&DGUÐÙÚÛÜĞДП",
    74: "HƏНЦфӘ",
    76: "NÑŇИЙОжыҢӢ",
    77: "м",
    78: "OQÒÓÔÕÖØӨ",
    79: "w…",
    80: "ю",
    82: "Ф",
    83: "%",
    85: "Ы",
    86: "æ",
    88: "Æ",
    89: "ш",
    90: "@Жщ",
    91: "MМ",
    93: "WŒ",
    94: "m",
    95: "œ",
    100: "—Ю",
    102: "№",
    103: "Щ",
    104: "Ш",
}

_WIDTHS_600 = {
    17: "\u2009\u202f",
    20: "ʻʼ‘’",
    25: "'",
    26: " \u00a0",
    27: "‚",
    28: "!,.:;ijl·ìíîï′ї",
    29: "і",
    31: "JІЇ",
    32: "()-\u2011",
    33: "[]`",
    34: "‹›",
    37: "If²³ÌÍÎÏİ",
    38: "•",
    39: "{}",
    40: "/\\",
    41: "t“”",
    42: "_",
    43: "r°",
    45: '"',
    46: "?г",
    47: "ғ",
    48: "z„žґ",
    49: "sşт",
    50: "cç–з",
    51: "†сэє",
    54: "*FГ",
    55: "LSvy|ýÿŞухўҒүӯ",
    56: "ExÈÉÊË₸ЁЕҐ",
    57: "$+0123456789<=>T^~«±»×÷€Теьё",
    58: "Zaeàáâãäåèéêë−Žəавкә",
    59: "k₽Зя",
    60: "YÝҮҳ",
    61: "øбло",
    62: "PoÞðòóôõöРрчқө",
    63: "VbdgpqþğЎУЬдпӮ",
    64: "CRXhnuÇñùúûüňБСХнцһ",
    65: "#KЄЭийъӣ",
    66: "BВЯ",
    67: "AÀÁÂÃÄÅАК",
    68: "ß",
    69: "ҷ",
    70: "ЧҲ",
    71: "ң",
    72: "ЛҚҺ",
    73: "DGÐĞЪ",
    74: "&",
    75: "UÙÚÛÜП",
    76: "HДНЦ",
    77: "ОҶ",
    78: "ИЙфӢ",
    79: "NOQÑÒÓÔÕÖØŇƏӘӨ",
    81: "мҢ",
    82: "ы",
    83: "w…жю",
    87: "Ф",
    88: "%",
    89: "Ы",
    90: "@æ",
    92: "Æ",
    93: "MМшщ",
    95: "W",
    96: "mŒЖ",
    97: "œ",
    100: "—",
    101: "Ю",
    102: "№",
    106: "ШЩ",
}


def _by_letter(by_width: dict[int, str]) -> dict[str, float]:
    return {letter: width / 100 for width, letters in by_width.items() for letter in letters}


_ADVANCE = {REGULAR: _by_letter(_WIDTHS_400), SEMIBOLD: _by_letter(_WIDTHS_600)}
# Letters of other scripts are set by a fallback font: assume a wide one.
_UNKNOWN = 0.68


@lru_cache(maxsize=1 << 16)
def text_width(text: str, size: float, weight: int = REGULAR) -> float:
    """Width in px of one line of text at a type size in px."""
    advance = _ADVANCE[SEMIBOLD if weight > 500 else REGULAR]
    return size * sum(advance.get(letter, _UNKNOWN) for letter in text)


def wrap(text: str, width: float, size: float, weight: int = REGULAR) -> list[str]:
    """Lines no wider than ``width``, broken at ordinary spaces only; a longer word keeps its own line,
    uncut."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


def balance(text: str, width: float, size: float, weight: int = REGULAR) -> list[str]:
    """Like ``wrap``, with lines of nearly equal length: no single short word is left on the last one."""
    count = len(wrap(text, width, size, weight))
    narrowest = width
    while count > 1 and narrowest > width / 3 and len(wrap(text, narrowest - 4, size, weight)) == count:
        narrowest -= 4
    return wrap(text, narrowest, size, weight)


def spread(
    centres: list[float], heights: list[float], top: float, bottom: float, gap: float = 4
) -> list[float]:
    """Move boxes up and down as little as needed so that none overlap; order is kept, all stay in the frame.

    If they cannot all fit between ``top`` and ``bottom`` they are stacked from the top.
    """
    order = sorted(range(len(centres)), key=lambda i: (centres[i], i))
    tops = [centres[i] - heights[i] / 2 for i in order]
    tall = [heights[i] + gap for i in order]
    tops = _push(_pull(_push(tops, tall, top), tall, bottom + gap), tall, top)
    moved = dict(zip(order, tops, strict=True))
    return [moved[i] + heights[i] / 2 for i in range(len(centres))]


def _push(tops: list[float], tall: list[float], limit: float) -> list[float]:
    for i, height in enumerate(tall):
        tops[i] = max(tops[i], limit)
        limit = tops[i] + height
    return tops


def _pull(tops: list[float], tall: list[float], limit: float) -> list[float]:
    for i in reversed(range(len(tall))):
        tops[i] = min(tops[i], limit - tall[i])
        limit = tops[i]
    return tops


def overlaps(centres: list[float], heights: list[float]) -> bool:
    """Whether any two boxes of these centres and heights share space."""
    spans = sorted((c - h / 2, c + h / 2) for c, h in zip(centres, heights, strict=True))
    return any(first[1] > second[0] + 1e-6 for first, second in pairwise(spans))
