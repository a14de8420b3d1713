import { z } from "zod";

/** How sure we are of a figure: see the head of a built-in rule file. */
export const standings = ["confirmed", "secondary", "derived", "unverified"] as const;

export type Standing = (typeof standings)[number];

/** Where a figure stands in its source, and how sure we are of it. */
export const citation = {
  source: z.string().min(1),
  paragraph: z.string().optional(),
  standing: z.enum(standings),
  note: z.string().optional(),
};
