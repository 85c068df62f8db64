// Loaded by range.js when a range picker is first opened.
import "cally";
