"""Tables of a document, as the pages of the product have theirs. Pure."""

from collections.abc import Sequence

from markdown_it.token import Token

from selfservice.guide.anchors import plain_text

# With so many columns a table is wider than the page, and is moved sideways by itself.
WIDE = 6
# With fewer, a narrow screen tells from the words alone what stands where.
LABELLED = 3


def dress(tokens: Sequence[Token]) -> list[Token]:
    dressed: list[Token] = []
    heads: list[str] = []
    column, is_body, closing = 0, False, ""
    for number, token in enumerate(tokens):
        if token.type == "table_open":
            heads, is_body = _heads(tokens[number:]), False
            token.attrSet("class", "list")
            closing = "</div>" if len(heads) >= WIDE else ""
            if closing:
                dressed.append(_raw('<div class="guide-wide" tabindex="0">'))
        elif token.type == "tbody_open":
            is_body = True
        elif token.type == "tr_open":
            column = 0
        elif token.type in {"th_open", "td_open"}:
            label = heads[column] if len(heads) >= LABELLED else ""
            _dress_cell(token, tokens[number + 1 : number + 3], label, is_first=is_body and column == 0)
            column += 1
        dressed.append(token)
        if token.type == "table_close" and closing:
            dressed.append(_raw(closing))
    return dressed


def _heads(tokens: Sequence[Token]) -> list[str]:
    end = next(number for number, token in enumerate(tokens) if token.type == "thead_close")
    return [plain_text(token) for token in tokens[:end] if token.type == "inline"]


def _dress_cell(token: Token, behind: Sequence[Token], label: str, *, is_first: bool) -> None:
    """`behind`: what stands in the cell, and its end."""
    inline, end = behind
    if "style" in token.attrs:
        # A column that is aligned holds numbers; a page has no styles of its own.
        del token.attrs["style"]
        token.attrSet("class", "number")
    is_head = bool(inline.content) and (is_first or token.tag == "th")
    token.tag = end.tag = "th" if is_head else "td"
    if is_head:
        token.attrSet("scope", "row" if is_first else "col")
    elif label:
        token.attrSet("data-label", label)
    inline.children = [_raw("<span>", inline=True), *(inline.children or []), _raw("</span>", inline=True)]


def _raw(markup: str, *, inline: bool = False) -> Token:
    return Token("html_inline" if inline else "html_block", "", 0, content=markup)
