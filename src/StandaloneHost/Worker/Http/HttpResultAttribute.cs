using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks the response among the outputs of a function with an HTTP trigger; stands on an <see cref="Http.HttpResponseData"/>
/// property of the class that it returns. A property of that type needs no mark.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpResultAttribute : OutputBindingAttribute;
