import { checkResponse } from "../../provider/wire/answers";
import { printable } from "../../provider/wire/printable";
import { status } from "@grpc/grpc-js";
import { CheckRequest, UpdateRequest } from "@pulumi/pulumi/proto/provider_pb";
import { HostError, PartialFailure, PropertyError } from "../../model/errors";
import { SecretPaths, type Path, type Props, type Values } from "../../model/props";
import { encode } from "../../provider/wire/codec";
import { toStatus } from "../../provider/wire/failures";
import { redacting, Secrets } from "../../provider/wire/redact";

const props = (values: Values, ...secrets: Path[]): Props => ({ values, secrets: new SecretPaths(secrets) });

test.each<[string[], string, string]>([
  [["hunter2"], "password hunter2, again hunter2", "password [secret], again [secret]"],
  [["hunter", "hunter2"], "hunter2", "[secret]"],
  [["abc", "", "   "], "abc", "abc"], // too short to be one
  [["a.c*"], "abcd a.c*", "abcd [secret]"],
  [["$&$1\\"], "x$&$1\\x", "x[secret]x"],
  [['say "x"'], '{"a":"say \\"x\\""}', '{"a":"[secret]"}'],
  [["-----BEGIN\nMIIEowIBAAK\n==\n-----END"], "12:00 MIIEowIBAAK\n12:01 ==", "12:00 [secret]\n12:01 =="],
  [[], "nothing to hide", "nothing to hide"],
])("of %j, %j shows %j", (secrets, text, shown) => {
  expect(redacting(secrets)(text)).toBe(shown);
});

test("the secrets of a request are those in any of its bags, also what lies below a secret", () => {
  const request = new UpdateRequest()
    .setOlds(encode(props({ environment: { A: "old-output", B: "plain" } }, ["environment", "A"])))
    .setOldInputs(encode(props({ connection: { become: { password: "old-input" } } }, ["connection"])))
    .setNews(encode(props({ environment: { A: "new-one" }, command: ["plain"] }, ["environment", "A"])));
  const redact = new Secrets().of(request);
  expect(redact("old-output old-input new-one plain")).toBe("[secret] [secret] [secret] plain");
});

test("those of the configuration are kept for every request, until there is a new one", () => {
  const secrets = new Secrets();
  secrets.configure(props({ connection: { user: "root", password: "first" } }, ["connection", "password"]));
  expect(secrets.of(new CheckRequest())("root first")).toBe("root [secret]");
  secrets.configure(props({}));
  expect(secrets.of({})("root first")).toBe("root first");
});

describe("errors of every kind", () => {
  const redact = redacting(["hunter2"]);
  const seen = { id: "a/b", inputs: props({}), outputs: props({}) };
  test.each<[Error, status]>([
    [new HostError("remote", "edi1", "its log: hunter2"), status.FAILED_PRECONDITION],
    [new PropertyError([{ path: ["command"], message: "is hunter2" }]), status.INVALID_ARGUMENT],
    [new PartialFailure("its log: hunter2", seen), status.UNKNOWN],
    [new TypeError("hunter2 is not a function"), status.UNKNOWN],
  ])("%s", (error, code) => {
    const answer = toStatus(error, () => {}, redact);
    expect(answer).toMatchObject({ code, details: expect.stringContaining("[secret]") as string });
    const details = answer.metadata?.get("grpc-status-details-bin").join("") ?? "";
    expect(`${answer.details} ${details}`).not.toContain("hunter2");
  });
});

describe("text that reaches a terminal", () => {
  test.each([
    ["a colour and a title", "\x1b[31mred\x1b]0;x\x07", "\\x1b[31mred\\x1b]0;x\\x07"],
    ["C1 control characters", "\u009b31m\u0085", "\\x9b31m\\x85"],
    ["marks of direction", "\u202eevil\u2066\u200f\u061c", "\\u202eevil\\u2066\\u200f\\u061c"],
    ["a line that is overwritten", "all well\rnot\r\nnext", "all well\\x0dnot\nnext"],
    ["text as it is", "Grüße\tπ 漢\n👍", "Grüße\tπ 漢\n👍"],
  ])("shows %s", (_, text, shown) => expect(printable(text)).toBe(shown));

  test("in an error, with its reasons too", () => {
    const error = new HostError("remote", "edi1", "said \x1b[2J");
    const { details } = toStatus(
      error,
      () => undefined,
      (text) => text,
    );
    expect(details).toBe("edi1: said \\x1b[2J");
  });
});

test("the engine is given the name only of what it can show the value of", () => {
  const failures = ["name", "command", "token"].map((key) => ({ path: [key], message: "is wrong" }));
  const inputs = { values: { name: "x", token: "y", environment: {} }, secrets: new SecretPaths() };
  const response = checkResponse(
    { inputs, failures: [...failures, { path: ["environment", "A"], message: "m" }, { path: [], message: "all" }] },
    [["token"]],
  );
  expect(response.getFailuresList().map((one) => [one.getProperty(), one.getReason()])).toEqual([
    ["name", "is wrong"],
    ["", "command: is wrong"],
    ["", "token: is wrong"],
    ["", "environment.A: m"],
    ["", "all"],
  ]);
});
