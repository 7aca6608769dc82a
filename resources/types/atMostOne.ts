/** What an object with at most one of some properties has, beside the types of these properties. */
export type AtMostOne<Names extends string> = { [Name in Names]: { [Other in Exclude<Names, Name>]?: never } }[Names];
