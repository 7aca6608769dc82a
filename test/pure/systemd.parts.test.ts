import fc from "fast-check";
import { definitionHash } from "../../model/hash";
import { systemd } from "../../provider/posix/managers/systemd";
import { splitWords } from "../../provider/posix/managers/systemd/escape";
import { formatTimeSpan, parseTimeSpan } from "../../provider/posix/managers/systemd/timeSpan";
import { BOTS } from "../support/systemdUnits";

describe("small parts", () => {
  test.each([
    ["5min 20s", 320],
    ["1.5", 1.5],
    ["90", 90],
    ["2h30min", 9000],
    ["100ms", 0.1],
    ["infinity", undefined],
    ["", undefined],
    ["5 parsecs", undefined],
    ["-1", undefined],
    ["0.0000001", undefined],
  ])("time span %s", (text, seconds) => {
    expect(parseTimeSpan(text)).toBe(seconds);
  });

  test("time spans read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (microseconds) => {
        expect(parseTimeSpan(formatTimeSpan(microseconds / 1e6))).toBe(microseconds / 1e6);
      }),
    );
  });

  test.each([
    ["a  b\tc", ["a", "b", "c"]],
    ['a"b c"d \'\' "\\u00e9\\x41\\101"', ["ab cd", "", "éAA"]],
    ['"\\xc3\\xa9"', ["é"]],
    ['"\\xff"', undefined],
    ['"a', undefined],
    ["\\", undefined],
  ])("words of %s", (text, words) => {
    expect(splitWords(text)?.map(({ value }) => value)).toEqual(words);
  });

  test.each([
    [["command", 1], "restart"],
    [["environment", "A"], "restart"],
    [["triggers", "config"], "restart"],
    [["description"], "reload"],
    [["stop", "signal"], "reload"],
    [["startMode"], "enable"],
    [["connection", "user"], "none"],
    [["options", "systemd", "service", "LimitNOFILE"], "restart"],
    [["options", "systemd", "service", "TimeoutStartSec"], "reload"],
    [["options", "systemd", "unit", "After"], "reload"],
    [["options", "systemd", "install", "WantedBy"], "enable"],
    [["options", "systemd"], "restart"],
  ])("a change of %j: %s", (path, consequence) => {
    expect(systemd.impact(path)).toBe(consequence);
  });

  test("the hash knows no secret value and no order", () => {
    const hash = definitionHash(BOTS);
    expect(definitionHash(Object.fromEntries(Object.entries(BOTS).reverse()))).toBe(hash);
    expect(definitionHash({ ...BOTS, environment: { ...BOTS.environment, TOKEN: "other" } })).toBe(hash);
    expect(definitionHash({ ...BOTS, environment: { ...BOTS.environment, BOTSENV: "other" } })).not.toBe(hash);
  });
});
