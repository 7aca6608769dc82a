import { serve } from "../../../provider/wire";
import { MemoryProvider } from "./memory";

// A plugin process around the provider in memory. BOTS_TEST_NOISE: it prints, as a careless library would.
async function main(): Promise<void> {
  if (process.env.BOTS_TEST_NOISE) setInterval(() => console.log("noise"), 5).unref();
  await serve(new MemoryProvider(process.env.BOTS_TEST_STORE), process.argv.slice(2));
  console.log("serving");
}

void main();
