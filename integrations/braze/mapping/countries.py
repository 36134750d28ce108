"""Countries as Braze stores them, and the spellings that can be told."""

# Each entry is an ISO 3166-1 code of two letters and the one of three.
_CODES = """
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB
BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR
BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR
CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK
FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN
ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO
LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD
MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER
NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP
SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF
TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY
UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE
"""
# How customers of a program in Europe write it, in English and in German.
_NAMES = {
    "DE": (
        "germany",
        "deutschland",
    ),
    "AT": (
        "austria",
        "österreich",
    ),
    "CH": (
        "switzerland",
        "schweiz",
    ),
    "LI": ("liechtenstein",),
    "LU": (
        "luxembourg",
        "luxemburg",
    ),
    "FR": (
        "france",
        "frankreich",
    ),
    "BE": (
        "belgium",
        "belgien",
    ),
    "NL": (
        "netherlands",
        "niederlande",
        "holland",
    ),
    "GB": (
        "united kingdom",
        "vereinigtes königreich",
        "great britain",
        "england",
        "uk",
    ),
    "IE": (
        "ireland",
        "irland",
    ),
    "IT": (
        "italy",
        "italien",
    ),
    "ES": (
        "spain",
        "spanien",
    ),
    "PT": ("portugal",),
    "PL": (
        "poland",
        "polen",
    ),
    "CZ": (
        "czechia",
        "tschechien",
        "czech republic",
        "tschechische republik",
    ),
    "SK": (
        "slovakia",
        "slowakei",
    ),
    "HU": (
        "hungary",
        "ungarn",
    ),
    "SI": (
        "slovenia",
        "slowenien",
    ),
    "HR": (
        "croatia",
        "kroatien",
    ),
    "RO": (
        "romania",
        "rumänien",
    ),
    "BG": (
        "bulgaria",
        "bulgarien",
    ),
    "GR": (
        "greece",
        "griechenland",
    ),
    "DK": (
        "denmark",
        "dänemark",
    ),
    "SE": (
        "sweden",
        "schweden",
    ),
    "NO": (
        "norway",
        "norwegen",
    ),
    "FI": (
        "finland",
        "finnland",
    ),
    "IS": (
        "iceland",
        "island",
    ),
    "EE": (
        "estonia",
        "estland",
    ),
    "LV": (
        "latvia",
        "lettland",
    ),
    "LT": (
        "lithuania",
        "litauen",
    ),
    "TR": (
        "türkiye",
        "türkei",
        "turkey",
    ),
    "UA": ("ukraine",),
    "US": (
        "united states",
        "vereinigte staaten",
        "united states of america",
        "vereinigte staaten von amerika",
    ),
    "CA": (
        "canada",
        "kanada",
    ),
    "AU": (
        "australia",
        "australien",
    ),
    "NZ": (
        "new zealand",
        "neuseeland",
    ),
    "JP": ("japan",),
    "CN": ("china",),
    "IN": (
        "india",
        "indien",
    ),
    "BR": (
        "brazil",
        "brasilien",
    ),
    "MX": (
        "mexico",
        "mexiko",
    ),
    "ZA": (
        "south africa",
        "südafrika",
    ),
    "CY": (
        "cyprus",
        "zypern",
    ),
    "MT": ("malta",),
    "RS": (
        "serbia",
        "serbien",
    ),
    "BA": (
        "bosnia & herzegovina",
        "bosnien und herzegowina",
        "bosnia and herzegovina",
    ),
}
_BY_LONG_CODE = {entry[2:]: entry[:2] for entry in _CODES.split()}
ALPHA_2 = frozenset(_BY_LONG_CODE.values())
_BY_NAME = {name: code for code, names in _NAMES.items() for name in names}


def country_code(spelling: str) -> str | None:
    """The code of two letters, None for what is no country that we know."""
    text = spelling.strip()
    code = text.upper()
    return code if code in ALPHA_2 else _BY_LONG_CODE.get(code) or _BY_NAME.get(text.casefold())
