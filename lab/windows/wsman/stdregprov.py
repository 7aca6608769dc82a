"""
The methods of StdRegProv, which read and write the registry. What they return where documentation says nothing is what other
clients have seen: 1 is a value that is not there, 2 a key that is not there.
"""

NO_VALUE, NO_KEY, DENIED = 1, 2, 5
TYPE_MISMATCH = 2147749893
HKLM = "2147483650"
TYPES = {"String": 1, "ExpandedString": 2, "Binary": 3, "DWORD": 4, "MultiString": 7, "QWORD": 11}
OUTPUTS = {1: "sValue", 2: "sValue", 3: "uValue", 4: "uValue", 7: "sValue", 11: "uValue"}


class StdRegProv:
    def __init__(self, agent):
        self.agent = agent

    def invoke(self, method, args):
        """The return value, and outputs by name; None when there is no such method. `args` are lists of texts."""
        self.hive = args.get("hDefKey", [HKLM])[0]
        self.key = (args.get("sSubKeyName") or [""])[0] or ""
        self.name = (args.get("sValueName") or [""])[0] or ""
        simple = {"EnumKey": self._keys, "EnumValues": self._values, "CreateKey": self._create, "DeleteKey": self._delete_key}
        if method in simple:
            return simple[method]()
        if method == "DeleteValue":
            return self._ask("unset", self.name)[0], {}
        kind = TYPES.get(method[3:-5]) if method.endswith("Value") else None
        if kind is None or method[:3] not in ("Get", "Set"):
            return None
        return self._get(kind) if method[:3] == "Get" else self._set(kind, args.get(OUTPUTS[kind], []))

    def _ask(self, verb, *fields):
        return self.agent.ask(verb, self.hive, self.key, *fields)

    def _keys(self):
        code, rows = self._ask("keys")
        return code, {"sNames": [name for name, _ in rows]} if code == 0 else {}

    def _values(self):
        code, rows = self._ask("values")
        return code, {"sNames": [r[0] for r in rows], "Types": [int(r[1]) for r in rows]} if code == 0 else {}

    def _create(self):
        return self._ask("createkey")[0], {}

    def _delete_key(self):
        code, rows = self._ask("keys")
        return (DENIED if rows else code or self._ask("deletekey")[0]), {}

    def _get(self, kind):
        code, rows = self._ask("get", self.name)
        if code:
            return (NO_VALUE if code == 2 and self._ask("values")[0] == 0 else code), {}
        found, data = int(rows[0][0]), bytes.fromhex(rows[0][1])
        if found != kind:
            return TYPE_MISMATCH, {}
        text = data.decode("utf-16-le", "replace").split("\0")
        if kind == TYPES["ExpandedString"]:
            return 0, {"sValue": self.agent.ask("expand", text[0])[1][0][0]}
        if kind == TYPES["MultiString"]:
            return 0, {"sValue": text[: text.index("")] if "" in text else text}
        values = {1: text[0], 3: list(data), 4: int.from_bytes(data, "little"), 11: int.from_bytes(data, "little")}
        return 0, {OUTPUTS[kind]: values[kind]}

    def _set(self, kind, texts):
        text = "".join(f"{each or ''}\0" for each in texts) + ("\0" if kind == 7 else "") or "\0"
        data = {
            1: lambda: text.encode("utf-16-le"),
            2: lambda: text.encode("utf-16-le"),
            3: lambda: bytes(map(int, texts)),
            4: lambda: int(texts[0]).to_bytes(4, "little"),
            7: lambda: text.encode("utf-16-le"),
            11: lambda: int(texts[0]).to_bytes(8, "little"),
        }[kind]()
        return self._ask("set", self.name, kind, data.hex())[0], {}
