#if !NET9_0_OR_GREATER
global using Lock = System.Object; // System.Threading.Lock is new in .NET 9; a lock statement works on both.
#endif
