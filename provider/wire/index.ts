export { serve } from "./server";
