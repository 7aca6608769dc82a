"""SOAP envelopes of WS-Management, in the form that Windows sends."""

import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
FAULT = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"

NS = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "x": TRANSFER,
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "rsp": SHELL,
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
}


class Fault(Exception):
    """A WS-Management fault, which is sent with HTTP status 500."""

    def __init__(self, code, message, subcode="w:InternalError"):
        super().__init__(message)
        self.code, self.message, self.subcode = code, message, subcode


class Request:
    """The header and the body of a request."""

    def __init__(self, xml):
        try:
            root = ET.fromstring(xml)
        except ET.ParseError as error:
            raise Fault(2150858817, f"not well-formed: {error}", "w:SchemaValidationError") from error
        header, self.body = root.find("s:Header", NS), root.find("s:Body", NS)
        if header is None or self.body is None:
            raise Fault(2150858817, "no header or no body", "w:SchemaValidationError")
        self.action = header.findtext("a:Action", "", NS)
        self.message_id = header.findtext("a:MessageID", "", NS)
        self.resource = header.findtext("w:ResourceURI", "", NS)
        self.selectors = {s.get("Name"): s.text for s in header.findall("w:SelectorSet/w:Selector", NS)}
        self.options = {o.get("Name"): o.text for o in header.findall("w:OptionSet/w:Option", NS)}
        self.timeout = duration(header.findtext("w:OperationTimeout", "PT60S", NS))

    @property
    def verb(self):
        return self.action.rsplit("/", 1)[-1]


def duration(text):
    """The seconds of an xs:duration of the form PTnS; other forms are refused."""
    if not (text.startswith("PT") and text.endswith("S")):
        raise Fault(2150858817, f"{text} is not a duration", "w:SchemaValidationError")
    return float(text[2:-1])


def envelope(action, relates_to, body):
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
    header = (
        f"<a:Action>{action}</a:Action><a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
        f"<a:To>{ANONYMOUS}</a:To><a:RelatesTo>{escape(relates_to)}</a:RelatesTo>"
    )
    text = f'<s:Envelope xml:lang="en-US" {names}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'
    return text.encode()


def fault(relates_to, error):
    message = escape(error.message)
    detail = (
        '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" '
        f'Code="{error.code}" Machine="127.0.0.1"><f:Message>{message}</f:Message></f:WSManFault>'
    )
    body = (
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{error.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{message}</s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>'
    )
    return envelope(FAULT, relates_to, body)
