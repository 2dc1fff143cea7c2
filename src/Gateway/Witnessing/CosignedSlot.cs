using Gateway.Core.Log.Notes;
namespace Gateway.Witnessing;
internal sealed class CosignedSlot(Action<SignedNote> store)
{
    public void Store(SignedNote note) => store(note);
}
