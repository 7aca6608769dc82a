"""
WMI by the WS-Management of pypsrp. Arguments: URL, user, password, then a query in WQL, or a class, a method and its arguments as
JSON. Prints the items of the query, or the outputs of the method, as lists of [name, text] pairs.
"""

import json
import sys
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

from pypsrp.wsman import WSMan

ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
CIMV2 = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2"
url, user, password, *question = sys.argv[1:]
parts = urlsplit(url)


def pairs(item):
    return [[child.tag.rsplit("}", 1)[-1], "".join(child.itertext())] for child in item]


def query(wsman, text):
    body = ET.Element(f"{{{ENUMERATION}}}Enumerate")
    ET.SubElement(body, f"{{{WSMAN}}}OptimizeEnumeration")
    ET.SubElement(body, f"{{{WSMAN}}}MaxElements").text = "5"
    words = ET.SubElement(body, f"{{{WSMAN}}}Filter", Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL")
    words.text = text
    answer = wsman.enumerate(f"{CIMV2}/*", body)[0]
    items = []
    while True:
        found = answer.find(f"{{{WSMAN}}}Items")
        items += map(pairs, answer.find(f"{{{ENUMERATION}}}Items") if found is None else found)
        context = answer.findtext(f"{{{ENUMERATION}}}EnumerationContext")
        if not context:
            return items
        body = ET.Element(f"{{{ENUMERATION}}}Pull")
        ET.SubElement(body, f"{{{ENUMERATION}}}EnumerationContext").text = context
        ET.SubElement(body, f"{{{ENUMERATION}}}MaxElements").text = "5"
        answer = wsman.pull(f"{CIMV2}/*", body)[0]


def invoke(wsman, class_name, method, arguments):
    uri = f"{CIMV2}/{class_name}"
    body = ET.Element(f"{{{uri}}}{method}_INPUT")
    for name, value in json.loads(arguments).items():
        for each in value if isinstance(value, list) else [value]:
            ET.SubElement(body, f"{{{uri}}}{name}").text = str(each)
    answer = wsman.invoke(f"{uri}/{method}", uri, body)
    return pairs(answer.find(f".//{{{uri}}}{method}_OUTPUT"))


with WSMan(parts.hostname, port=parts.port, username=user, password=password, ssl=False, auth="ntlm") as wsman:
    print(json.dumps(query(wsman, *question) if len(question) == 1 else invoke(wsman, *question)))
