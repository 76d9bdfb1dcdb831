"""In which order the children of elements come in Word and Excel files (ECMA-376 part 1, annex A), as far as we write them."""

from __future__ import annotations


def _places(prefix: str, names: str) -> dict[str, int]:
    """Number the names; those joined by | share a place."""
    return {f"{prefix}:{name}": at for at, group in enumerate(names.split()) for name in group.split("|")}


_CHANGED = "cellIns|cellDel|cellMerge"
_RUN = (
    "ins del moveFrom moveTo rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang "
    "eastAsianLayout specVanish oMath rPrChange"
)
ORDER: dict[str, dict[str, int]] = {
    "w:pPr": _places(
        "w",
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens "
        "kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing "
        "mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    ),
    "w:rPr": _places("w", _RUN),
    "w:tblPr": _places(
        "w",
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd "
        "tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange",
    ),
    "w:tblBorders": _places("w", "top left|start bottom right|end insideH insideV"),
    "w:tblCellMar": _places("w", "top left|start bottom right|end"),
    "w:trPr": _places(
        "w",
        "cnfStyle|divId|gridBefore|gridAfter|wBefore|wAfter|cantSplit|trHeight|tblHeader|tblCellSpacing|jc|hidden ins del trPrChange",
    ),
    "w:tcPr": _places(
        "w",
        f"cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark headers {_CHANGED} tcPrChange",
    ),
    "w:tbl": _places("w", "bookmarkStart|bookmarkEnd tblPr tblGrid tr|bookmarkStart|bookmarkEnd|ins|del"),
    "w:tr": _places("w", "tblPrEx trPr tc|bookmarkStart|bookmarkEnd|ins|del"),
    "w:sectPr": _places(
        "w",
        "headerReference|footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols formProt vAlign "
        "noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange",
    ),
    "w:style": _places(
        "w",
        "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked personal personalCompose "
        "personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    ),
    "w:styles": _places("w", "docDefaults latentStyles style"),
    "w:numbering": _places("w", "numPicBullet abstractNum num numIdMacAtCleanup"),
    "w:abstractNum": _places("w", "nsid multiLevelType tmpl name styleLink numStyleLink lvl"),
    "w:lvl": _places("w", "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr"),
    "w:ruby": _places("w", "rubyPr rt rubyBase"),
    "w:rubyPr": _places("w", "rubyAlign hps hpsRaise hpsBaseText lid dirty"),
    "x:workbook": _places(
        "x",
        "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences definedNames calcPr "
        "oleSize customWorkbookViews pivotCaches extLst",
    ),
    "x:worksheet": _places(
        "x",
        "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios autoFilter "
        "sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions "
        "pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing "
        "legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems tableParts extLst",
    ),
    "x:row": _places("x", "c|extLst"),
    "x:c": _places("x", "f v is extLst"),
}
