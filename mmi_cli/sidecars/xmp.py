"""XMP as media libraries read it beside a file: Dublin Core, alternative text (IPTC), markers on the time line (xmpDM)."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from .asset import Asset, Chapter

_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
}
# What XML 1.0 cannot hold, written in any way.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_xmp(asset: Asset) -> str:
    """A packet for a sidecar file `NAME.xmp`."""
    names = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in _SPACES.items())
    lines = [
        "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>",
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>",
        f"<rdf:Description rdf:about='' {names}>",
        *_alternative("dc:title", asset.title),
        *_alternative("dc:description", asset.description),
        *(_alternative("Iptc4xmpCore:AltTextAccessibility", asset.description) if asset.is_picture else ()),
        *_bag("dc:subject", asset.subjects),
        *_bag("dc:language", (asset.language,) if asset.language else ()),
        *_simple("dc:format", asset.media_type),
        *_simple("tiff:ImageWidth", str(asset.width or "")),
        *_simple("tiff:ImageLength", str(asset.height or "")),
    ]
    if asset.duration_s is not None:
        thousandths = round(asset.duration_s * 1000)
        lines.append(
            "<xmpDM:duration rdf:parseType='Resource'>"
            f"<xmpDM:value>{thousandths}</xmpDM:value><xmpDM:scale>1/1000</xmpDM:scale></xmpDM:duration>"
        )
    if asset.chapters:
        lines += [
            "<xmpDM:Tracks><rdf:Bag><rdf:li rdf:parseType='Resource'>",
            "<xmpDM:trackName>Chapters</xmpDM:trackName><xmpDM:trackType>Chapter</xmpDM:trackType><xmpDM:frameRate>f1000</xmpDM:frameRate>",
            "<xmpDM:markers><rdf:Seq>",
            *(_marker(each) for each in asset.chapters),
            "</rdf:Seq></xmpDM:markers>",
            "</rdf:li></rdf:Bag></xmpDM:Tracks>",
        ]
    lines += ["</rdf:Description>", "</rdf:RDF>", "</x:xmpmeta>", "<?xpacket end='w'?>"]
    return "\n".join(lines) + "\n"


def _marker(chapter: Chapter) -> str:
    start, end = round(chapter.start_s * 1000), round(chapter.end_s * 1000)
    parts = [
        *_simple("xmpDM:startTime", str(start)),
        *_simple("xmpDM:duration", str(end - start)),
        *_simple("xmpDM:name", chapter.title),
        *_simple("xmpDM:comment", chapter.summary),
        *_simple("xmpDM:type", "Chapter"),
    ]
    return f"<rdf:li rdf:parseType='Resource'>{''.join(parts)}</rdf:li>"


def _simple(name: str, text: str) -> list[str]:
    return [f"<{name}>{_safe(text)}</{name}>"] if text else []


def _alternative(name: str, text: str) -> list[str]:
    return [f"<{name}><rdf:Alt><rdf:li xml:lang='x-default'>{_safe(text)}</rdf:li></rdf:Alt></{name}>"] if text else []


def _bag(name: str, texts: tuple[str, ...]) -> list[str]:
    items = "".join(f"<rdf:li>{_safe(text)}</rdf:li>" for text in texts)
    return [f"<{name}><rdf:Bag>{items}</rdf:Bag></{name}>"] if texts else []


def _safe(text: str) -> str:
    return escape(_NOT_XML.sub("", text))
