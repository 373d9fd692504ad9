/** Folder of the program: of its sources, or the installed package. Files that are not code are found from here. */
export const PROGRAM_ROOT = __dirname;

/** The project runs from its sources, the package from what they were compiled to. */
export const FROM_SOURCE = __filename.endsWith('.ts');
