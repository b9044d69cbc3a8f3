/** What a page tells its reader to type. */

/** The lines of a Markdown page's fenced blocks of a language, in order; a block of commands is a command a line. */
export function fenced(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);
}

export const commandsIn = (markdown: string): string[] => fenced(markdown, "sh").flatMap((block) => block.split("\n").filter((line) => line !== ""));
