global using I128 = System.Runtime.Intrinsics.Vector128<int>;
global using I256 = System.Runtime.Intrinsics.Vector256<int>;
global using I512 = System.Runtime.Intrinsics.Vector512<int>;
global using V128 = System.Runtime.Intrinsics.Vector128<float>;
global using V256 = System.Runtime.Intrinsics.Vector256<float>;
global using V512 = System.Runtime.Intrinsics.Vector512<float>;
