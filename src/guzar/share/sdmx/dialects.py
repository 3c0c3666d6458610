"""What differs between SDMX-ML 2.1 and 3.0 in every structure message: namespaces, names, references."""

from collections.abc import Mapping
from dataclasses import dataclass

from guzar.share.sdmx.artefacts import Artefact, Reference
from guzar.share.sdmx.kinds import BY_NAME, Kind, urn_of
from guzar.share.sdmx.markup import element, text

_ADDRESS = "http://www.sdmx.org/resources/sdmxml/schemas/{version}/{part}"


@dataclass(frozen=True)
class Dialect:
    """One version of SDMX-ML."""

    is_old: bool
    namespaces: Mapping[str, str]

    def box(self, kind: Kind) -> tuple[str, str]:
        """The element around artefacts of a kind, and that of the artefact."""
        return kind.old_box if self.is_old else kind.box

    def urn(self, one: Artefact | Reference) -> str:
        """The URN of an artefact, or of what a reference points at."""
        return urn_of(one, old=self.is_old)

    def item_urn(self, scheme: Artefact, item: str) -> str:
        """The URN of an item in a scheme."""
        return self.urn(Reference(scheme.kind, scheme.agency, scheme.id, scheme.version, item))

    def parent(self, item: str) -> str:
        """Which item another lies below."""
        return element("str:Parent", None, self.local(item))

    def local(self, name: str, **more: str) -> str:
        """A reference to something in the same artefact."""
        return element("Ref", {"id": name, **more}) if self.is_old else text(name)

    def refer(self, tag: str, one: Reference, **attributes: str) -> str:
        """A reference to an artefact or to an item in one."""
        return element(f"str:{tag}", attributes, self._ref(one) if self.is_old else text(self.urn(one)))

    def attributes_of(self, artefact: Artefact) -> Mapping[str, str]:
        """Attributes that only one kind has."""
        if artefact.kind == "dataconstraint":
            return {"type" if self.is_old else "role": "Actual"}
        if artefact.kind == "hierarchy" and not self.is_old:
            return {"hasFormalLevels": "false"}
        return {}

    def _ref(self, one: Reference) -> str:
        package, class_ = BY_NAME[one.kind].old_place.split(".")
        if one.item:
            place = {
                "id": one.item,
                "maintainableParentID": one.id,
                "maintainableParentVersion": one.version,
            }
            return element(
                "Ref", place | {"agencyID": one.agency, "package": package, "class": BY_NAME[one.kind].item}
            )
        place = {"id": one.id, "version": one.version, "agencyID": one.agency}
        return element("Ref", place | {"package": package, "class": class_})


def _namespaces(version: str) -> dict[str, str]:
    parts = {"mes": "message", "str": "structure", "com": "common"}
    return {prefix: _ADDRESS.format(version=version, part=part) for prefix, part in parts.items()}


ML_21 = Dialect(True, _namespaces("v2_1"))
ML_30 = Dialect(False, _namespaces("v3_0"))
