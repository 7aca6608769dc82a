/** All that the rest of the provider needs of this room. */
export { serve } from "./server";
