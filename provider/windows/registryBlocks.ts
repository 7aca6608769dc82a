import type { Block, Lines } from "./block/block";
import { newNonce } from "./nonce";
import { deleteKey, keyPath, setValue } from "./scm/steps";

/** Sets a text of a key that exists. `reg add` would create the key. */
export function setTextBlock(path: string, name: string, text: string): Block {
  const ifThere: Lines = (pen) => [
    ...pen.attempt({ program: "reg.exe", args: ["query", keyPath(path)] }),
    'if not "!R!"=="0" goto :eof',
    ...pen.run(setValue(path, name, { type: "sz", data: text })),
  ];
  return { nonce: newNonce(), steps: [{ name: "set a value", commands: [ifThere] }] };
}

export const deleteKeyBlock = (path: string): Block => ({
  nonce: newNonce(),
  steps: [{ name: "delete a key", commands: [deleteKey(path)] }],
});
