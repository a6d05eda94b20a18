"""Where the names of each naming tradition come from: which lists of the package, and which names of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Source:
    """The sources and habits of one naming tradition; shares are of people, between 0 and 1.

    `locales` are the package's lists with their weights; `own` and `own_given` name our own lists, which hold
    `family_share` and `given_share` of the people. `takes_name`: wives who bear their husband's family name.
    `children_take`: children who bear their
    father's. `middle`: people with a middle name. `family_first`: the full name is written family name first. `script`
    says whether some people are stored in another script: that of the list, or Arabic letters.
    """

    locales: Mapping[str, float]
    own: str = ""
    own_given: str = ""
    family_share: float = 0.6
    given_share: float = 0.6
    script: Literal["", "own", "arabic"] = ""
    takes_name: float = 0.6
    middle: float = 0.1
    family_first: bool = False
    children_take: float = 0.92


ENGLISH = {"en_GB": 0.65, "en": 0.1, "en_US": 0.1, "en_NZ": 0.06, "en_IE": 0.09}

SOURCES: Mapping[str, Source] = {
    "english": Source(ENGLISH, own="english", takes_name=0.72, middle=0.65),
    "irish": Source({"en_IE": 1.0}, takes_name=0.7, middle=0.55),
    "irish_gaelic": Source({"ga_IE": 1.0}, takes_name=0.4),
    "polish": Source({"pl_PL": 1.0}, own="polish", family_share=0.15, takes_name=0.75),
    "romanian": Source({"ro_RO": 1.0}, takes_name=0.75, middle=0.3),
    "italian": Source({"it_IT": 1.0}, takes_name=0.1),
    "spanish": Source({"es_ES": 0.6, "es_CO": 0.2, "es_CL": 0.2}, takes_name=0.05, middle=0.2),
    "portuguese": Source({"pt_PT": 0.4, "pt_BR": 0.6}, takes_name=0.3, middle=0.3),
    "german": Source({"de_DE": 0.5, "nl_NL": 0.3, "sv_SE": 0.2}, takes_name=0.6),
    "french": Source({"fr_FR": 0.7, "fr_BE": 0.3}, takes_name=0.4),
    "czech": Source({"sk_SK": 0.6, "cs_CZ": 0.4}, takes_name=0.7),
    "hungarian": Source({"hu_HU": 1.0}, takes_name=0.4),
    "baltic": Source({"lt_LT": 0.4, "lv_LV": 0.4, "et_EE": 0.2}, own="baltic", family_share=0.3, takes_name=0.6),
    "ukrainian": Source({"uk_UA": 0.8, "ru_RU": 0.2}, script="own", takes_name=0.7),
    "bulgarian": Source({"bg_BG": 1.0}, script="own", takes_name=0.6),
    "greek": Source({"el_GR": 1.0}, script="own", takes_name=0.4),
    "pakistani": Source(
        {"en_PK": 1.0}, "pakistani", "muslim", 0.9, 0.85, takes_name=0.3, children_take=0.75, middle=0.4
    ),
    "gujarati": Source({"en_IN": 1.0}, "gujarati", "", 0.8, 0.0, takes_name=0.8, middle=0.3),
    "indian": Source({"en_IN": 1.0}, takes_name=0.6, middle=0.2),
    "sikh": Source({"en_IN": 1.0}, "sikh", "sikh", 0.9, 0.6, takes_name=0.2, children_take=0.6, middle=0.3),
    "bangladeshi": Source(
        {"bn_BD": 1.0}, "bangladeshi", "muslim", 0.9, 0.75, script="own", takes_name=0.1, children_take=0.6, middle=0.4
    ),
    "chinese": Source({"zh_CN": 1.0}, script="own", takes_name=0.02, family_first=True),
    "hong_kong": Source({"en_GB": 1.0}, "hong_kong", "hong_kong", 1.0, 0.6, takes_name=0.2, middle=0.2),
    "iranian": Source({"fa_IR": 1.0}, "iranian", "iranian", 1.0, 1.0, script="arabic", takes_name=0.05),
    "tamil": Source({"en_IN": 1.0}, "", "tamil", 0.0, 0.6, takes_name=0.4),
    "vietnamese": Source({"vi_VN": 1.0}, "vietnamese", "", 0.5, 0.0, takes_name=0.02, family_first=True),
    "nigerian": Source(
        {"yo_NG": 0.5, "ig_NG": 0.15, "ha_NG": 0.1, "en_NG": 0.25}, "nigerian", "", 0.5, 0.0, middle=0.5
    ),
    "somali": Source({"en_KE": 0.3, "sw": 0.7}, "somali", "somali", 0.95, 0.95, takes_name=0.02, middle=0.6),
    "east_african": Source({"en_KE": 0.8, "sw": 0.2}, middle=0.3),
    "ghanaian": Source({"tw_GH": 1.0}, "ghanaian", "", 0.4, 0.0, middle=0.4),
    "southern_african": Source({"zu_ZA": 0.5, "en_NZ": 0.5}, "southern_african", "southern_african", 0.9, 0.5),
    "arab": Source({"fr_DZ": 1.0}, "arab", "muslim", 0.75, 0.8, script="arabic", takes_name=0.05, middle=0.2),
    "kurdish": Source({"fr_DZ": 1.0}, "kurdish", "kurdish", 0.97, 0.95, script="arabic", takes_name=0.03, middle=0.2),
    "turkish": Source({"tr_TR": 1.0}, "turkish", "", 0.6, 0.0, takes_name=0.6),
}
