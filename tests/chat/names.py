"""Names of people, in many scripts: each is a legal nick, and no two of them look alike."""

from __future__ import annotations

NAMES = {
    "Latin": (
        "ana Bruno João José Conceição Müller Jürgen Łukasz Małgorzata Đặng Nguyễn Trần Quỳnh Phương Çağla Işıl "
        "İbrahim Şeyma Gülşen Žofia Jiří Ondřej Kateřina Ståle Søren Bjørn Þórður Guðrún Æsa Øyvind Åse Éloïse "
        "François Zoë Núria Iñaki Ăștefan Ioana Gheorghiță Kālidāsa Māra Jānis Žydrūnas Õnne Kawaiʻola Ngũgĩ "
        "Ọlátúnjí Adébáyọ̀ Yaa Straße Ana_Maria d.silva jean-luc zoe7 o1 ol ana1 anal aNa2 rn m vv w cl d"
    ),
    "Cyrillic": (
        "Ольга Юлия Дмитрий Владимир Наташа Сергей Алексей Щукин Фёдор Илья Пётр Жанна Єва Їжак Оксана Андрій "
        "Ђорђе Љубица Ћира Ѓорѓи Әлия Нұрлан Өмірбек Қанат Ғалым Мөнхбат Ўткир Лідзія"
    ),
    "Greek": "Ελένη Γιώργος Δημήτρης Σοφία Νίκος Παναγιώτης Ωραία Θεοδώρα Ξένια Φωτεινή Άννα Ηλίας Ψαλίδας Αχιλλέας",
    "Arabic": "محمد فاطمة خالد نور أحمد إبراهيم عبدالرحمن مُحَمَّد پریسا چنگیز گلناز ژاله شہباز ئاسۆ ٹیپو",
    "Hebrew": "שרה משה יעקב רבקה דוד אברהם תמר גיא נעמי צבי שָׂרָה",
    "Devanagari": "अमित प्रिया संस्कृति कृष्ण ज्योति राधिका विक्रम ऋषि हृषीकेश ज़िंदगी गौड़ा १२३क",
    "Bengali": "রহিম সুমাইয়া অনির্বাণ শ্রেয়া ঋতুপর্ণ চাঁদ আনোয়ার",
    "Tamil": "முருகன் தமிழ் கார்த்திக் லட்சுமி ஜெயா அருண்",
    "Telugu": "వెంకట లక్ష్మి రాము",
    "Kannada": "ಮಂಜುನಾಥ ಕವಿತಾ",
    "Malayalam": "രാജൻ ലക്ഷ്മി മീര",
    "Gujarati": "નરેન્દ્ર હેતલ",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਹਰਜੀਤ",
    "Sinhala": "නිමල් සුනිල්",
    "Thai": "สมชาย สุดา น้ำฝน ที่รัก พิมพ์ ณัฐวุฒิ",
    "Lao": "ສົມພອນ ຄຳ",
    "Burmese": "အောင်ဆန်း စိုး မိုးမိုး သန်းထွန်း",
    "Khmer": "សុខា ស្រីមុំ រតនា",
    "Tibetan": "བསྟན ཚེརིང",
    "Armenian": "Արամ Հայկ Գայանե Շուշան Վարդան Ծովինար Եղիշե",
    "Georgian": "გიორგი ნინო თამარ ლევან ქეთევან შოთა ყიფიანი",
    "Ethiopic": "አበበ ሰላም ተስፋዬ ኃይሌ መስፍን ገብሬ ዐብይ",
    "Hangul": "김철수 이영희 박지민 최민호 정수빈 한",
    "Han": "王小明 李娜 張偉 陈静 刘洋 漢 山田太郎 佐々木",
    "Kana": "さくら タナカ はなこ ケンジ ラーメン 田中さくら がんも パパ ばば ぱぱ ゆり",
    "Mongolian": "ᠪᠠᠲᠤ",
    "Thaana": "އަޙްމަދު",
    "Syriac": "ܐܦܪܝܡ",
    "Cherokee": "ᏎᏉᏯ",
    "Canadian": "ᐃᓄᒃ",
    "Yi": "ꀋꌠ",
}

ALL_NAMES = tuple(name for names in NAMES.values() for name in names.split())
