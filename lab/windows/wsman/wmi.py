"""
WMI by WS-Management: WS-Enumeration of WQL queries and of classes, Get, and methods ([MS-WSMV] 3.1.4.8, 3.1.4.12, 3.1.4.13). It is
our model of Windows' answers; what is in them, the host's own program says (agent.py).
"""

import threading
import time
import uuid
from datetime import datetime
from xml.sax.saxutils import escape

from agent import Agent
from cim import CLASSES, KEYS, Host
from envelopes import NS, TRANSFER, WMI, Fault
from stdregprov import StdRegProv
from wql import Invalid, Query

ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
COMMON = "http://schemas.dmtf.org/wbem/wscim/1/common"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NSN = NS | {"n": ENUMERATION}
# Windows forgets an enumeration that nobody continues, and has no more of them at a time for a user.
CONTEXT_SECONDS, MOST_CONTEXTS = 60, 15
# How many characters of items one answer has, when the envelope may have 150 KB.
PAGE = 76800
STATE_ERRORS = {5: 2, 1051: 3, 1052: 4, 1053: 7, 1056: 10, 1057: 22, 1058: 14, 1060: 5, 1061: 5, 1062: 6, 1068: 13, 1069: 15, 1072: 16, 87: 21}
START_WORDS = {"automatic": "auto", "manual": "demand", "disabled": "disabled", "boot": "boot", "system": "system"}


def cannot_filter(why):
    return Fault(2150858778, f"The WS-Management service cannot process the filter: {why}", "n:CannotProcessFilter")


class Wmi:
    """Each verb takes a request and gives the body of the answer."""

    def __init__(self, settings):
        self.settings = settings
        self.agent = Agent()
        self.host = Host(self.agent)
        self.contexts = {}
        self.lock = threading.Lock()

    def answer(self, request, _is_wanted):
        if self.settings.denies_wmi:
            raise Fault(2150859013, "The WMI provider returned an 'access denied' error.", "w:AccessDenied")
        action, verb = request.action, request.verb
        if action in (f"{ENUMERATION}/{name}" for name in ("Enumerate", "Pull", "Release")):
            return getattr(self, verb.lower())(request)
        if action == f"{TRANSFER}/Get":
            return self.get(request)
        if action == f"{request.resource}/{verb}":
            return self.invoke(request)
        raise Fault(2150858771, f"{action} is not supported", "a:ActionNotSupported")

    def enumerate(self, request):
        given = request.body.find("n:Enumerate", NSN)
        if given is None:
            raise Fault(2150858817, "no n:Enumerate", "w:SchemaValidationError")
        name = request.resource.rsplit("/", 1)[-1]
        words = given.find("w:Filter", NSN)
        if words is None and name == "*":
            raise cannot_filter("there is none")
        if words is not None and name != "*":
            raise Fault(2150859003, "With a filter, the class must be *.", "w:InvalidSelectors")
        if words is not None and words.get("Dialect") != WQL:
            raise Fault(2150858777, "The dialect is not supported.", "w:FilteringNotSupported")
        items = [whole(name, row) for row in self._rows(name)] if words is None else self._select(words.text or "")
        most = int(given.findtext("w:MaxElements", "1", NSN))
        # As Windows does up to 2012: the first answer has one item at most, however many were allowed.
        is_optimized = given.find("w:OptimizeEnumeration", NSN) is not None
        first, rest = (items[:1], items[1:]) if is_optimized else ([], items)
        is_end = is_optimized and not rest
        context = "" if is_end else self._keep(rest, most)
        shown = f"<w:Items>{''.join(first)}</w:Items>" if is_optimized else ""
        parts = f"<n:EnumerationContext>{context}</n:EnumerationContext>{shown}{'<w:EndOfSequence/>' if is_end else ''}"
        return f'<n:EnumerateResponse xmlns:n="{ENUMERATION}">{parts}</n:EnumerateResponse>'

    def pull(self, request):
        given = request.body.find("n:Pull", NSN)
        rest, most = self._take(given)
        wanted = int(given.findtext("n:MaxElements", "1", NSN))
        if most != wanted:
            raise Fault(2150859181, "The limits of Pull are not those of Enumerate.", "w:InvalidOptions")
        count, characters = 0, 0
        while count < min(wanted, len(rest)) and (count == 0 or characters + len(rest[count]) <= PAGE):
            characters += len(rest[count])
            count += 1
        items, rest = "".join(rest[:count]), rest[count:]
        state = f"<n:EnumerationContext>{self._keep(rest, most)}</n:EnumerationContext>" if rest else ""
        end = "" if rest else "<n:EndOfSequence/>"
        return f'<n:PullResponse xmlns:n="{ENUMERATION}">{state}<n:Items>{items}</n:Items>{end}</n:PullResponse>'

    def release(self, request):
        self._take(request.body.find("n:Release", NSN))
        return ""

    def get(self, request):
        name = request.resource.rsplit("/", 1)[-1]
        if not request.selectors:
            raise Fault(2150859002, "There are no selectors.", "w:InvalidSelectors")
        return whole(name, self._instance(name, request.selectors))

    def invoke(self, request):
        name, method = request.resource.rsplit("/", 1)[-1], request.verb
        given = next(iter(request.body), None)
        if given is None or given.tag != f"{{{request.resource}}}{method}_INPUT":
            raise Fault(2150858817, f"the body is no {method}_INPUT of {request.resource}", "w:SchemaValidationError")
        args = {}
        for argument in given:
            args.setdefault(argument.tag.rsplit("}", 1)[-1], []).append(argument.text or "")
        if name == "StdRegProv":
            result = StdRegProv(self.agent).invoke(method, args)
        elif name == "Win32_Service":
            result = self._control(self._instance(name, request.selectors)["Name"], method, args)
        else:
            result = None
        if result is None:
            raise Fault(2150858771, f"{name} has no method {method}", "a:ActionNotSupported")
        code, outputs = result
        parts = [element(f"p:{output}", value, "cim:") for output, value in outputs.items()]
        names = f'xmlns:p="{request.resource}" xmlns:cim="{COMMON}" xmlns:xsi="{XSI}"'
        return f"<p:{method}_OUTPUT {names}><p:ReturnValue>{code}</p:ReturnValue>{''.join(parts)}</p:{method}_OUTPUT>"

    def _control(self, service, method, args):
        if method in ("StartService", "StopService"):
            code, _ = self.agent.ask(method[:-7].lower(), service)
        elif method == "Change":
            options = {"PathName": "binPath=", "StartName": "obj=", "StartPassword": "password=", "DisplayName": "DisplayName="}
            words = [word for name, option in options.items() if name in args for word in (option, args[name][0])]
            if "StartMode" in args:
                words += ["start=", START_WORDS.get(args["StartMode"][0].lower(), "")]
            code, _ = self.agent.ask("config", service, *words)
        else:
            return None
        return (STATE_ERRORS.get(code, 8) if code else 0), {}

    def _rows(self, name):
        known = {each.lower(): each for each in CLASSES}.get(name.lower())
        if known is None:
            raise Fault(2150858752, f"There is no class {name}.", "a:DestinationUnreachable")
        rows = list(CLASSES[known](self.agent, self.host))
        if self.settings.old_wmi:
            for row in rows:
                row.pop("DelayedAutoStart", None)
        return rows

    def _select(self, text):
        try:
            query = Query(text)
        except Invalid as error:
            raise cannot_filter(str(error)) from error
        if query.class_name.lower() not in map(str.lower, CLASSES):
            raise cannot_filter(f"there is no class {query.class_name}")
        rows = self._rows(query.class_name)
        if not rows:
            return []
        known = {name.lower(): name for name in rows[0]}
        unknown = [name for name in [*(query.properties or []), *query.names] if name.lower() not in known]
        if unknown:
            raise cannot_filter(f"{query.class_name} has no {unknown[0]}")
        found = [row for row in rows if query.matches({name.lower(): value for name, value in row.items()})]
        if query.properties is None:
            return [whole(query.class_name, row) for row in found]
        wanted = sorted({known[name.lower()] for name in query.properties})
        return [f"<w:XmlFragment>{''.join(element(name, row[name], '') for name in wanted)}</w:XmlFragment>" for row in found]

    def _instance(self, name, selectors):
        key = KEYS.get(name)
        wanted = (selectors.get(key) or "").lower()
        found = next((row for row in self._rows(name) if row[key].lower() == wanted), None)
        if found is None:
            raise Fault(2150858752, "The resource is not there.", "a:DestinationUnreachable")
        return found

    def _keep(self, items, most):
        with self.lock:
            for context in [c for c, (*_, end) in self.contexts.items() if end < time.monotonic()]:
                del self.contexts[context]
            if len(self.contexts) >= MOST_CONTEXTS:
                raise Fault(2150859240, "This user has too many operations.", "w:QuotaLimit")
            context = f"uuid:{str(uuid.uuid4()).upper()}"
            self.contexts[context] = items, most, time.monotonic() + CONTEXT_SECONDS
            return context

    def _take(self, given):
        context = given.findtext("n:EnumerationContext", "", NSN).strip() if given is not None else ""
        with self.lock:
            items, most, end = self.contexts.pop(context, (None, 0, 0))
        if items is None or end < time.monotonic():
            raise Fault(2150858779, "The enumeration context is not valid.", "n:InvalidEnumerationContext")
        return items, most


def element(tag, value, cim):
    if isinstance(value, list):
        return "".join(element(tag, each, cim) for each in value) or element(tag, None, cim)
    if value is None:
        return f'<{tag} xmlns:xsi="{XSI}" xsi:nil="true"/>'
    if isinstance(value, datetime):
        return f"<{tag}><{cim}Datetime>{value.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}</{cim}Datetime></{tag}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{tag}>{escape(text, {chr(13): '&#13;'})}</{tag}>"


def whole(name, row):
    names = f'xmlns:p="{WMI}root/cimv2/{name}" xmlns:cim="{COMMON}" xmlns:xsi="{XSI}"'
    parts = [element(f"p:{each}", value, "cim:") for each, value in row.items()]
    return f'<p:{name} {names} xsi:type="p:{name}_Type">{"".join(parts)}</p:{name}>'
