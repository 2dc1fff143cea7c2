using Gateway.Core.Log.Notes;
using Gateway.Stores;
using Gateway.Stores.Sqlite.Witness;

namespace Gateway.Tests.Witness;

/// <summary>A witness that forgot, or remembers wrongly, would cosign a forked log: its memory is whole, or it does not start.</summary>
public sealed class WitnessMemoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-witness-");
    private readonly WitnessedLog _log = new();

    private string Memory => Path.Combine(_folder.FullName, "witness.db");

    public void Dispose()
    {
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Memory_AfterAnyRun_IsInOneFile()
    {
        var note = Remember(5);

        File.Copy(Memory, Memory + ".copy");

        var copy = WitnessFile.Read(Memory + ".copy", TimeProvider.System);
        copy.Cosigned[_log.Origin].ToString().ShouldBe(note.ToString());
        copy.Signer.Dispose();
    }

    [Fact]
    public void Memory_CopiedWhileTheWitnessRuns_IsWhole()
    {
        using var store = SqliteWitnessStore.Open(Memory, RunningWitness.Name, TimeProvider.System);
        _log.Grow(9);
        store.Put(_log.Origin, _log.Sign(9, store.Memory.Signer));

        File.Copy(Memory, Memory + ".copy");

        var copy = WitnessFile.Read(Memory + ".copy", TimeProvider.System);
        copy.Cosigned.ContainsKey(_log.Origin).ShouldBeTrue();
        copy.Signer.Dispose();
    }

    [Fact]
    public void Memory_WithAnyByteChanged_IsRefusedOrTheSame()
    {
        var text = Remember(7).Text;
        var whole = File.ReadAllBytes(Memory);
        var key = Key();
        var refused = 0;
        for (var i = 0; i < whole.Length; i += whole[i] == 0 ? 61 : 1)
        {
            var changed = whole.ToArray();
            changed[i] ^= 0x20;
            File.WriteAllBytes(Memory, changed);
            try
            {
                using var store = SqliteWitnessStore.Open(Memory, RunningWitness.Name, TimeProvider.System);
                store.Memory.Signer.Verifier.ToString().ShouldBe(key, $"byte {i}");
                store.Memory.Cosigned.Keys.ShouldBe([_log.Origin], $"byte {i}");
                // The log's own signature is no part of what is remembered, size and root are.
                store.Memory.Cosigned[_log.Origin].Text.ShouldBe(text, $"byte {i}");
            }
            catch (StoreException)
            {
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(text.Length, "each byte of what was cosigned counts");
    }

    [Fact]
    public void Memory_OfANoteThatTheWitnessDidNotCosign_IsDamage()
    {
        using (var store = SqliteWitnessStore.Open(Memory, RunningWitness.Name, TimeProvider.System))
        {
            _log.Grow(3);
            store.Put(_log.Origin, _log.Sign());
        }

        Should.Throw<StoreException>(Reopen).Message.ShouldContain("damaged");
    }

    [Fact]
    public void Memory_OfAnotherLogsNote_IsDamage()
    {
        using (var store = SqliteWitnessStore.Open(Memory, RunningWitness.Name, TimeProvider.System))
        {
            _log.Grow(3);
            store.Put("other.example/log", _log.Sign(3, store.Memory.Signer));
        }

        Should.Throw<StoreException>(Reopen).Message.ShouldContain("damaged");
    }

    [Fact]
    public void Memory_ThatIsGone_IsNeverMadeAnewUnderNoName()
    {
        Remember(3);
        File.Delete(Memory);

        Should.Throw<StoreException>(() => SqliteWitnessStore.Open(Memory, name: null, TimeProvider.System)).Message.ShouldContain("memory was lost");
        Should.Throw<StoreException>(() => WitnessFile.Read(Memory, TimeProvider.System));
    }

    [Fact]
    public void Memory_MadeAnew_HasAnotherKey()
    {
        Remember(3);
        var key = Key();
        File.Delete(Memory);

        Remember(0);

        (Key() == key).ShouldBeFalse("the gateway notices that this is another witness");
    }

    [Fact]
    public void Memory_OfAnotherWitness_IsRefused()
    {
        Remember(3);

        Should.Throw<StoreException>(() => SqliteWitnessStore.Open(Memory, "auditor.example/w2", TimeProvider.System)).Message.ShouldContain(RunningWitness.Name);
    }

    [Fact]
    public void Memory_InUse_IsRefusedToASecond()
    {
        using var first = SqliteWitnessStore.Open(Memory, RunningWitness.Name, TimeProvider.System);

        Should.Throw<StoreException>(Reopen).InUse.ShouldBeTrue();
    }

    private void Reopen() => SqliteWitnessStore.Open(Memory, RunningWitness.Name, TimeProvider.System).Dispose();

    private SignedNote Remember(int size)
    {
        using var store = SqliteWitnessStore.Open(Memory, RunningWitness.Name, TimeProvider.System);
        _log.Grow(size);
        var note = _log.Sign(size, store.Memory.Signer);
        store.Put(_log.Origin, note);
        return note;
    }

    private string Key()
    {
        using var signer = WitnessFile.Read(Memory, TimeProvider.System).Signer;
        return signer.Verifier.ToString();
    }
}
