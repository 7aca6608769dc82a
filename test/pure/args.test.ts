import type { Unwrap } from "@pulumi/pulumi";
import type { GetServiceArgs } from "../../resources/service";
import type { ProviderArgs } from "../../resources/types/provider";
import type { ServiceArgs } from "../../resources/types/service";
import type { ProviderConfig } from "../../schema/provider";
import type { ServiceInputs } from "../../schema/service";

/** A type with "may be missing" said in one way only: both sides say it differently. */
type Plain<T> = T extends (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { [K in keyof T]-?: [Plain<Exclude<T[K], undefined>>, undefined extends T[K] ? "optional" : "required"] }
    : T;
type Same<A, B> = [Plain<A>, Plain<B>] extends [Plain<B>, Plain<A>] ? true : false;

const same = <A, B>(verdict: Same<A, B>) => expect(verdict).toBe(true);

// The verdicts are the compiler's: a property that is missing or of another type on one side does not compile.
test("the documented args are those of the schema", () => {
  same<Unwrap<ServiceArgs>, ServiceInputs>(true);
  same<Unwrap<GetServiceArgs>, Pick<ServiceInputs, "connection" | "name">>(true);
  same<Unwrap<ProviderArgs>, ProviderConfig>(true);
});
