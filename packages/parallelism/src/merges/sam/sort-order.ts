/** The header text that says in what order the reads stand. */
export const withSortOrder = (text: string, order: string): string => {
  const line = /^@HD\t[^\n]*/.exec(text)?.[0];
  if (line === undefined) return `@HD\tVN:1.6\tSO:${order}\n${text}`;
  const fields = line.split('\t').filter((field) => !/^(?:SO|GO|SS):/.test(field));
  return text.replace(line, () => [...fields, `SO:${order}`].join('\t'));
};
