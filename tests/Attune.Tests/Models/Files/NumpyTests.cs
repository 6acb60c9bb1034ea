using System.Numerics;
using System.Text;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class NumpyTests
{
    [Fact]
    public void Write_Matrix_GivesTheBytesOfNumpy()
    {
        using var folder = new TemporaryFolder();
        NumpyWriter.Write<float>(folder.File("x.npy"), [2, 2], new float[] { 1, 2, 3, 4 });
        // What numpy.save writes: room for 21 digits of the first axis, then spaces up to 128 bytes.
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }" + new string(' ', 58) + "\n";
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), .. SafetensorsBytes.Floats(1, 2, 3, 4)], System.IO.File.ReadAllBytes(folder.File("x.npy")));
    }

    [Fact]
    public void Write_ThenOpen_GivesBackEveryType()
    {
        Check<bool>([true, false, true], "|b1");
        Check<sbyte>([-128, 0, 127], "|i1");
        Check<byte>([0, 1, 255], "|u1");
        Check<short>([short.MinValue, 0, 7], "<i2");
        Check<ushort>([0, 7, ushort.MaxValue], "<u2");
        Check<int>([int.MinValue, 0, 7], "<i4");
        Check<uint>([0, 7, uint.MaxValue], "<u4");
        Check<long>([long.MinValue, 0, long.MaxValue], "<i8");
        Check<ulong>([0, 7, long.MaxValue], "<u8");
        Check<Half>([(Half)0.5f, Half.NegativeInfinity, Half.Epsilon], "<f2");
        Check<float>([0.1f, float.NaN, -0f], "<f4");
        Check<double>([0.1, double.MaxValue, double.Epsilon], "<f8");
        Check<Complex>([new Complex(1, -2), 0, new Complex(0.1, 3)], "<c16");
    }

    [Fact]
    public void Open_FortranOrder_GivesCOrder()
    {
        // [2, 3, 2] with element ijk = 100i + 10j + k, first axis fastest.
        var values = new List<float>();
        for (var k = 0; k < 2; k++)
            for (var j = 0; j < 3; j++)
                for (var i = 0; i < 2; i++)
                    values.Add((100 * i) + (10 * j) + k);
        using var folder = new TemporaryFolder();
        using var array = NumpyArray.Open(folder.Write("x.npy", File("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3, 2)}", SafetensorsBytes.Floats([.. values]))));
        Assert.True(array.FortranOrder);
        Assert.Equal([2L, 3, 2], array.Shape);
        Assert.Equal([0f, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121], array.ToFloat32());
    }

    [Theory]
    [InlineData("{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }", 1)]
    [InlineData("{ \"shape\":(2L,),\"fortran_order\" :False , 'descr':'>i2'}  \n", 2)]
    [InlineData("{'descr': '>i2', 'fortran_order': False, 'shape': (1, 2)}", 3)]
    public void Open_BigEndianInEveryVersion_IsRead(string header, int version)
    {
        using var folder = new TemporaryFolder();
        using var array = NumpyArray.Open(folder.Write("x.npy", File(header, [0x01, 0x02, 0xFF, 0xFE], version)));
        Assert.Equal([258L, -2], array.ToInt64());
        Assert.Equal([258.0, -2], array.ToFloat64());
    }

    [Fact]
    public void Open_ScalarAndEmpty_AreRead()
    {
        using var folder = new TemporaryFolder();
        NumpyWriter.Write<double>(folder.File("s.npy"), [], new[] { 2.5 });
        NumpyWriter.Write<double>(folder.File("e.npy"), [0, 3], Array.Empty<double>());
        using var scalar = NumpyArray.Open(folder.File("s.npy"));
        using var empty = NumpyArray.Open(folder.File("e.npy"));
        Assert.Empty(scalar.Shape);
        Assert.Equal([2.5], scalar.ToFloat64());
        Assert.Equal([0L, 3], empty.Shape);
        Assert.Empty(empty.ToFloat32());
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "Python objects")]
    [InlineData("{'descr': '<f3', 'fortran_order': False, 'shape': (1,), }", "'<f3'")]
    [InlineData("{'descr': '|f4', 'fortran_order': False, 'shape': (1,), }", "'|f4'")]
    [InlineData("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }", "'<U5'")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "text in quotes")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "True or False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "an axis")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "an axis")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "64 bits")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "cut short")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "4 bytes after its array")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "lacks shape")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "'descr' twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", "'x'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1", "goes on")]
    [InlineData("__import__('os')", "'{' was expected")]
    public void Open_WrongHeader_IsRefused(string header, string named)
    {
        using var folder = new TemporaryFolder();
        var message = Assert.Throws<ModelFileException>(() => NumpyArray.Open(folder.Write("x.npy", File(header, SafetensorsBytes.Floats(1))))).Message;
        Assert.StartsWith(folder.File("x.npy"), message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToInt64_OfFractions_IsRefused()
    {
        using var folder = new TemporaryFolder();
        NumpyWriter.Write<float>(folder.File("x.npy"), [1], new[] { 1f });
        using var array = NumpyArray.Open(folder.File("x.npy"));
        Assert.Contains("x.npy holds numbers of type <f4", Assert.Throws<ModelFileException>(array.ToInt64).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => NumpyWriter.Write<decimal>(folder.File("y.npy"), [1], new decimal[1]));
        Assert.Throws<ArgumentException>(() => NumpyWriter.Write<float>(folder.File("y.npy"), [2], new float[1]));
    }

    [Fact]
    public void Archive_WriteThenRead_GivesBackItsArrays()
    {
        using var folder = new TemporaryFolder();
        NumpyWriter.WriteArchive<float>(folder.File("x.npz"), [("b", [2], new float[] { 1, 2 }), ("a/c", [1, 1], new float[] { 3 })]);
        using var archive = NumpyArchive.Open(folder.File("x.npz"));
        Assert.Equal(["b", "a/c"], archive.Names);
        using var array = archive.Read("a/c");
        Assert.Equal([3f], array.ToFloat32());
        Assert.Contains("'z'", Assert.Throws<ModelFileException>(() => archive.Read("z")).Message, StringComparison.Ordinal);
        Assert.Throws<ModelFileException>(() => NumpyArchive.Open(folder.Write("y.npz", [1, 2, 3])));
    }

    private static void Check<T>(T[] values, string type)
        where T : unmanaged
    {
        using var folder = new TemporaryFolder();
        NumpyWriter.Write<T>(folder.File("x.npy"), [3, 1], values);
        using var array = NumpyArray.Open(folder.File("x.npy"));
        Assert.Equal(type, array.Type.Text);
        Assert.Equal([3L, 1], array.Shape);
        Assert.Equal(values.Select(v => v is Complex c ? c : v is bool b ? (b ? 1 : 0) : v is Half h ? (double)h : Convert.ToDouble(v, System.Globalization.CultureInfo.InvariantCulture)), array.ToComplex());
        if (values is long[] integers)
            Assert.Equal(integers, array.ToInt64());
    }

    private static byte[] File(string header, byte[] data, int version = 1)
    {
        var text = Encoding.ASCII.GetBytes(header);
        byte[] length = [(byte)text.Length, 0];
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. version == 1 ? [] : new byte[2], .. text, .. data];
    }
}
