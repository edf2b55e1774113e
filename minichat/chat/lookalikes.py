"""What cannot be seen, and what looks like an ASCII letter: facts about Unicode.

Sources, all of Unicode 17.0.0: Default_Ignorable_Code_Point of the character
database, and the confusables of UTS 39, one code point for one.  Only what could
otherwise stand in a nick is here.  This module has no rules; ``nick`` has them.
"""

from __future__ import annotations

import re

# From the first to the last, both included: the code points that are drawn as nothing.
IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)

# Letters that NFKC makes into a space and something else.  A nick has no space.
WITH_SPACE = "\u037a\ufc5e\ufc5f\ufc60\ufc61\ufc62\ufc63\ufdfa\ufdfb\ufe70\ufe72\ufe74\ufe76\ufe78\ufe7a\ufe7c\ufe7e"

# The look-alikes of each ASCII character of a nick, in the form that they have in a key.
#
# UTS 39 puts 1, I and l into one class, and 0, O and o.  Here they stay apart, or
# ana1 would be anal.  A digit of another script goes to 1 or 0 if that is its value.
# A letter goes to o or l, or to i where its script has only the shapes of capitals.
#
# The look of a capital counts too: В looks like B, so в stands with b.  Where the small
# letter looks like another one, that wins: ν stands with v.  Small capitals (ʙ, ɴ) are
# our addition, and so is ȷ.
LOOK_ALIKES = {
    "-": "ⲻ",
    ".": "\u0660\u06f0ꓸ",
    "0": "\u07c0०০੦૦୦௦౦೦൦๐໐၀០𑓐𑣠",
    "1": "\u0661\u06f1",
    "2": "ƨϩᒿꙅꝛ",
    "3": "ȝɜʒзӡ३૩ⲝⳅⳍꝫ𑣊𖼻",
    "4": "Ꮞ𑣏",
    "5": "𑣛",
    "6": "бᏮⳓⳝ𑣕",
    "7": "𐓺𑣆",
    "8": "ȣ৪੪𐌚",
    "9": "৭੧୨൭ⳋꝯ𑣌𑣖",
    "_": "\u07fa",
    "a": "ɑαаᎪᗅᴀꓮ𐊠𖽀",
    "b": "ƅʙβвьᏏᏴᑲᖯᗷⲃꓐꞵ𐊂𐊡𐌁",
    "c": "сငၚᏟᴄⲥꓚ𐊢𐌂𐐽𐔜𑣩",
    "d": "ԁᎠᏧᑯᗞᗪᴅꓒꓓ",
    "e": "εеҽᎬᴇⴹꓰꬲ𐊆𑣎",
    "f": "ƒϝքᖴẝꓝꜰꞙꬵ𐊇𐊥𐔥𑣂",
    "g": "ƍɡɢԍցᏀᏳᶃꓖ",
    "h": "ʜηнһհᎻᏂᕼⲏꓧ𐋏",
    "i": "ıɩɪιіւᎥᛁⲓⵏꓲꙇ𐊊𐌉𑣃𖼨",
    "j": "ȷʝϳјյᎫᒍᴊꓙ",
    "k": "ĸκкᏦᛕᴋⲕꓗ𐔘",
    "l": "ǀʟӏ\u05d5\u05df\u0627\u07caᏞᒪⳑꓡ𐑃𐔦𑣒𖼖",
    "m": "μϻмᎷᗰᛖᴍⲙꓟ𐊰𐌑",
    "n": "ɴոռⲛꓠ𐔓",
    "o": "οσϭоօ\u05e1\u0647\u0665\u06be\u06c1\u06d5\u06f5ଠഠဝჿዐᴏᴑⲟⵔꓳꬽ𐊒𐊫𐐬𐓪𐔖𑣈𑣗",
    "p": "þƿρϸрᏢᑭᴘᴩⲣⳏꓑ𐊕",
    "q": "ԛգզⵕꞯ",
    "r": "ʀгᎡᎱᏒᖇᴦⲅꓣꭇꭈ𐓜𖼵",
    "s": "ƽѕտടᏕᏚꓢꜱ𐊖𐑈𑣁𖼺",
    "t": "τтᎢᴛⲧꓔ𐊗𐊱𐌕𖼊",
    "u": "ʋυսሀᑌᴜꓴꞟꭎꭒ𐓶𑣘𖽂",
    "v": "νѵ\u05d8\u0667\u06f7Ꮩᐯᴠⴸꓦꛟ𐔝𑜆𑣀𖼈",
    "w": "ɯшѡԝաᎳᏔᴡⲽꓪ𑜊𑜎𑜏𑣦",
    "x": "χхᕁᕽᚷⲭⵝꓫꭓ𐊐𐊴𐌗𐔧",
    "y": "ɣʏγуүყᎩᎽᶌỿⲩꓬꭚ𐊲𑣜𖽃",
    "z": "ζᏃᴢꓜ𑣄𑣉𑣥",
}

# Look-alikes in another form than that of a key: capitals, and small letters that
# case folding or NFKC replaces.
CAPITALS = {
    "-": "Ⲻ",
    "2": "ƧϨꙄꝚ",
    "3": "ƷȜЗӠⲜⳄⳌꝪꞫ",
    "4": "𑢯",
    "5": "Ƽ𑢻",
    "6": "ϬⳒⳜ",
    "7": "𐓒",
    "8": "Ȣ",
    "9": "ⳊꝮ𑢬",
    "a": "ΑА",
    "b": "ƄΒВЬⲂꞴ",
    "c": "ϲϹСⲤꮯ𐐕",
    "e": "ΕЕ𑢦𑢮",
    "f": "ϜꞘ𑢢",
    "g": "Ԍ",
    "h": "ΗНⲎ",
    "i": "ƖΙІⲒꭵ",
    "j": "ͿЈꞲ",
    "k": "ΚКⲔ",
    "l": "ӀⳐ𐐛𑢣𑢲",
    "m": "ΜϺМⲘ",
    "n": "ΝⲚ",
    "o": "ΟОՕⲞ𐐄𐓂𑢵",
    "p": "ΡРⲢⳎ",
    "r": "Ʀꮁ𐒴",
    "s": "ЅՏꮪ𐐠",
    "t": "ΤТⲦ𑢼",
    "u": "Ս𐓎𑢸",
    "v": "Ѵꮩ𑢠",
    "w": "Ԝꮃ",
    "x": "ΧХⲬꞳ",
    "y": "ΥϒУҮⲨ𑢤",
    "z": "Ζꮓ𑢩",
}

# For str.translate: a key to its look-alike in ASCII; a nick to the ASCII text that it is drawn like.
TO_ASCII = {ord(look_alike): letter for letter, all_of_it in LOOK_ALIKES.items() for look_alike in all_of_it}
AS_DRAWN = {**TO_ASCII, **{ord(capital): letter for letter, all_of_it in CAPITALS.items() for capital in all_of_it}}

_UNUSABLE = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in IGNORABLE)}{WITH_SPACE}]")


def holds_unusable(text: str) -> bool:
    """Return True if ``text`` holds a code point that is drawn as nothing or made into a space.

    >>> holds_unusable("ana"), holds_unusable("ana\\u034f")
    (False, True)
    """
    return _UNUSABLE.search(text) is not None
