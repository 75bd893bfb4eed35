/** Puts a text between `<!-- name -->` and `<!-- /name -->` of a page, which must be there. */
export function replaceSection(page: string, name: string, text: string): string {
  const begin = `<!-- ${name} -->`;
  const end = `<!-- /${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no section ${name}`);
  return `${page.slice(0, from)}${begin}\n${text}\n${page.slice(to)}`;
}
